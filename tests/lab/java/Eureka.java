import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.annotation.Configuration;

/** A register of services; arguments: its properties, as `name=value`. */
@EnableEurekaServer
@EnableAutoConfiguration
@Configuration(proxyBeanMethods = false)
public class Eureka {
  public static void main(String[] words) {
    SpringApplication.run(Eureka.class, java.util.Arrays.stream(words).map(word -> "--" + word).toArray(String[]::new));
  }
}
