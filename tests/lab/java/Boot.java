import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A Spring application of nothing but what its jars bring; arguments: its properties, as `name=value`. */
@EnableAutoConfiguration
@Configuration(proxyBeanMethods = false)
public class Boot {
  public static void main(String[] words) {
    String[] properties = java.util.Arrays.stream(words).map(word -> "--" + word).toArray(String[]::new);
    SpringApplication.run(Boot.class, properties);
  }
}
