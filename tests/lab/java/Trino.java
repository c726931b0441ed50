import com.google.inject.Key;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.server.StartupStatus;
import io.trino.server.testing.TestingTrinoServer;
import java.util.HashMap;
import java.util.Map;

/** A coordinator that is its own worker; arguments: its port, its properties as `name=value`. */
public class Trino {
  public static void main(String[] words) throws Exception {
    Map<String, String> properties = new HashMap<>(Map.of("http-server.http.port", words[0]));
    for (int number = 1; number < words.length; number++) properties.put(words[number].split("=", 2)[0], words[number].split("=", 2)[1]);
    TestingTrinoServer server = TestingTrinoServer.builder().setProperties(properties).build();
    server.installPlugin(new MemoryPlugin());
    server.createCatalog("memory", "memory");
    server.getInstance(Key.get(StartupStatus.class)).startupComplete();
    Thread.currentThread().join();
  }
}
