import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;

/** A resource manager without nodes; arguments: its port for HTTP, and four for calls. */
public class Yarn {
  public static void main(String[] words) throws Exception {
    Configuration config = new YarnConfiguration();
    config.set(YarnConfiguration.RM_HOSTNAME, "127.0.0.1");
    String[] places = {
      YarnConfiguration.RM_WEBAPP_ADDRESS,
      YarnConfiguration.RM_ADDRESS,
      YarnConfiguration.RM_SCHEDULER_ADDRESS,
      YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
      YarnConfiguration.RM_ADMIN_ADDRESS
    };
    for (int place = 0; place < places.length; place++) {
      config.set(places[place], "127.0.0.1:" + words[place]);
    }
    config.set(
        YarnConfiguration.RM_SCHEDULER,
        "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler");
    ResourceManager manager = new ResourceManager();
    manager.init(config);
    manager.start();
    Thread.currentThread().join();
  }
}
