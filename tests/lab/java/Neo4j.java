import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.HttpConnector;
import org.neo4j.configuration.connectors.HttpsConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.harness.Neo4jBuilders;

/** One Neo4j server; arguments: its folder, its ports for HTTP and Bolt, whether it asks for a login, its first statement. */
public class Neo4j {
  private static SocketAddress at(String port) {
    return new SocketAddress("127.0.0.1", Integer.parseInt(port));
  }

  public static void main(String[] words) throws Exception {
    Neo4jBuilders.newInProcessBuilder(Path.of(words[0]))
        .withConfig(HttpConnector.enabled, true)
        .withConfig(HttpConnector.listen_address, at(words[1]))
        .withConfig(HttpsConnector.enabled, false)
        .withConfig(BoltConnector.enabled, true)
        .withConfig(BoltConnector.listen_address, at(words[2]))
        .withConfig(GraphDatabaseSettings.auth_enabled, Boolean.parseBoolean(words[3]))
        .withFixture(words[4])
        .build();
    Thread.currentThread().join();
  }
}
