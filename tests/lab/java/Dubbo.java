import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** A provider of one service that only its own process can call, with the operator's port; argument: that port. */
public class Dubbo {
  public interface Customers {
    String find(String name);
  }

  public static void main(String[] words) throws Exception {
    ApplicationConfig application = new ApplicationConfig("shop");
    application.setQosHost("127.0.0.1");
    application.setQosPort(Integer.parseInt(words[0]));
    ServiceConfig<Customers> service = new ServiceConfig<>();
    service.setInterface(Customers.class);
    service.setRef(name -> name);
    service.setScope("local");
    service.setRegistry(new RegistryConfig("N/A"));
    DubboBootstrap.getInstance().application(application).registry(new RegistryConfig("N/A")).protocol(new ProtocolConfig("injvm")).service(service).start();
    Thread.currentThread().join();
  }
}
