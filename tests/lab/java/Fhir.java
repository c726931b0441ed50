import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.exceptions.AuthenticationException;
import ca.uhn.fhir.rest.server.provider.HashMapResourceProvider;
import java.util.Base64;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;

/** A FHIR server that keeps its resources in memory; arguments: its port, a login as `user:password` or nothing. */
public class Fhir {
  public static void main(String[] words) throws Exception {
    FhirContext context = FhirContext.forR4();
    RestfulServer fhir = new RestfulServer(context);
    fhir.registerProvider(new HashMapResourceProvider<>(context, Patient.class));
    fhir.registerProvider(new HashMapResourceProvider<>(context, Observation.class));
    if (words.length > 1) fhir.registerInterceptor(new Lock(words[1]));
    Server server = new Server(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(words[0])));
    ServletContextHandler handler = new ServletContextHandler("/");
    handler.addServlet(new ServletHolder(fhir), "/fhir/*");
    server.setHandler(handler);
    server.start();
    server.join();
  }

  /** As the documentation of HAPI has it: the statement of capabilities is told to anybody. */
  public static class Lock {
    private final String wanted;

    Lock(String login) {
      wanted = "Basic " + Base64.getEncoder().encodeToString(login.getBytes());
    }

    @Hook(Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED)
    public void check(RequestDetails asked) {
      if ("metadata".equals(asked.getOperation()) || wanted.equals(asked.getHeader("Authorization"))) return;
      AuthenticationException refused = new AuthenticationException("Missing or invalid Authorization header value");
      refused.addAuthenticateHeaderForRealm("fhir");
      throw refused;
    }
  }
}
