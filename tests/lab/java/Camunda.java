import java.util.Map;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.rest.security.auth.ProcessEngineAuthenticationFilter;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An engine of processes with its REST interface; arguments: port, a user's password or `-` for no lock, e-mails. */
@EnableAutoConfiguration
@Configuration(proxyBeanMethods = false)
public class Camunda {
  private static String password;

  public static void main(String[] words) {
    password = words[1];
    ConfigurableApplicationContext engine = SpringApplication.run(Camunda.class, "--server.address=127.0.0.1", "--server.port=" + words[0], "--spring.datasource.url=jdbc:h2:mem:camunda", "--camunda.bpm.generate-unique-process-engine-name=false");
    User user = engine.getBean(IdentityService.class).newUser("lab");
    user.setPassword(password);
    engine.getBean(IdentityService.class).saveUser(user);
    var model = Bpmn.createExecutableProcess("order").camundaHistoryTimeToLive(1).startEvent().userTask("check").endEvent().done();
    engine.getBean(RepositoryService.class).createDeployment().addModelInstance("order.bpmn", model).deploy();
    for (int number = 2; number < words.length; number++)
      engine.getBean(RuntimeService.class).startProcessInstanceByKey("order", Map.of("mail", words[number]));
    System.out.println("planted");
  }

  @Bean
  FilterRegistrationBean<ProcessEngineAuthenticationFilter> lock() {
    var lock = new FilterRegistrationBean<>(new ProcessEngineAuthenticationFilter());
    lock.addInitParameter("authentication-provider", "org.camunda.bpm.engine.rest.security.auth.impl.HttpBasicAuthenticationProvider");
    lock.addUrlPatterns("/engine-rest/*");
    lock.setEnabled(!password.equals("-"));
    return lock;
  }
}
