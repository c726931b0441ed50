import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletRequestWrapper;
import javax.servlet.http.HttpServletResponse;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master;

/** Spark with a filter on its pages, as `spark.ui.filters` names one; arguments: `master` and its options, or the port of a page and words. */
public class SparkLocked {
  /** Who is not the one user of the setting `login` is asked for a password. */
  public static class Lock implements Filter {
    private String wanted;

    @Override
    public void init(FilterConfig config) {
      wanted = "Basic " + Base64.getEncoder().encodeToString(config.getInitParameter("login").getBytes());
    }

    @Override
    public void doFilter(ServletRequest asked, ServletResponse answer, FilterChain chain) throws IOException, ServletException {
      HttpServletRequest request = (HttpServletRequest) asked;
      if (!wanted.equals(request.getHeader("Authorization"))) {
        ((HttpServletResponse) answer).setHeader("WWW-Authenticate", "Basic realm=\"spark\"");
        ((HttpServletResponse) answer).sendError(HttpServletResponse.SC_UNAUTHORIZED);
        return;
      }
      chain.doFilter(new HttpServletRequestWrapper(request) {
        @Override
        public String getRemoteUser() {
          return "lab";
        }
      }, answer);
    }

    @Override
    public void destroy() {}
  }

  public static void main(String[] words) throws Exception {
    // Jetty looks for the filter there, and Java keeps what it compiled by itself apart.
    Thread.currentThread().setContextClassLoader(SparkLocked.class.getClassLoader());
    if (words[0].equals("master")) {
      Master.main(Arrays.copyOfRange(words, 1, words.length));
      return;
    }
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("customers").set("spark.ui.port", words[0]);
    conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1").set("spark.port.maxRetries", "0");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      System.out.println("counted " + spark.parallelize(Arrays.asList(words)).count());
      Thread.currentThread().join();
    }
  }
}
