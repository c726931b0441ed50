import java.util.List;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.ConnectorConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/** One Ignite node with its REST server; arguments: home, ports of REST, discovery, communication and connector, e-mails. */
public class Ignite {
  public static void main(String[] words) throws Exception {
    System.setProperty("IGNITE_JETTY_HOST", "127.0.0.1");
    System.setProperty("IGNITE_JETTY_PORT", words[1]);
    int discovery = Integer.parseInt(words[2]);
    TcpDiscoverySpi finding = new TcpDiscoverySpi().setLocalAddress("127.0.0.1").setLocalPort(discovery).setLocalPortRange(0);
    finding.setIpFinder(new TcpDiscoveryVmIpFinder().setAddresses(List.of("127.0.0.1:" + discovery)));
    IgniteConfiguration config = new IgniteConfiguration().setWorkDirectory(words[0]).setLocalHost("127.0.0.1");
    config.setDiscoverySpi(finding).setClientConnectorConfiguration(null).setMetricsLogFrequency(0);
    config.setCommunicationSpi(new TcpCommunicationSpi().setLocalPort(Integer.parseInt(words[3])).setLocalPortRange(0));
    config.setConnectorConfiguration(new ConnectorConfiguration().setHost("127.0.0.1").setPort(Integer.parseInt(words[4])));
    IgniteCache<String, String> cache = Ignition.start(config).getOrCreateCache("customers");
    for (int number = 5; number < words.length; number++) cache.put(words[number], words[number]);
    Thread.currentThread().join();
  }
}
