import java.util.Collections;
import java.util.List;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerPlugin;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.security.AuthenticationUser;
import org.apache.activemq.security.JaasAuthenticationPlugin;
import org.apache.activemq.security.SimpleAuthenticationPlugin;

/** A broker (`serve PORT simple|jaas|none PASSWORD TEXT...`), or a stranger who browses its queue (`browse PORT`). */
public class ActiveMq {
  public static void main(String[] words) throws Exception {
    if (words[0].equals("serve")) serve(words);
    else browse(words[1]);
  }

  private static void serve(String[] words) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setPersistent(false);
    broker.setUseJmx(false);
    broker.addConnector("tcp://127.0.0.1:" + words[1]);
    if (words[2].equals("simple"))
      broker.setPlugins(new BrokerPlugin[] {new SimpleAuthenticationPlugin(List.of(new AuthenticationUser("lab", words[3], "all")))});
    if (words[2].equals("jaas")) {
      JaasAuthenticationPlugin plugin = new JaasAuthenticationPlugin();
      plugin.setConfiguration("lab");
      broker.setPlugins(new BrokerPlugin[] {plugin});
    }
    broker.start();
    try (Connection owner = new ActiveMQConnectionFactory("vm://localhost?create=false").createConnection("lab", words[3])) {
      Session session = owner.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Queue queue = session.createQueue("customers");
      for (int number = 4; number < words.length; number++) session.createProducer(queue).send(session.createTextMessage(words[number]));
    }
    System.out.println("planted");
    Thread.currentThread().join();
  }

  private static void browse(String port) throws Exception {
    try (Connection stranger = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port).createConnection()) {
      stranger.start();
      Session session = stranger.createSession(false, Session.AUTO_ACKNOWLEDGE);
      for (Object message : Collections.list(session.createBrowser(session.createQueue("customers")).getEnumeration()))
        System.out.println("read " + ((TextMessage) (Message) message).getText());
    } catch (javax.jms.JMSSecurityException refused) {
      System.out.println("refused");
    }
    System.exit(0);
  }
}
