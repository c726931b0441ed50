import java.util.Arrays;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** An application of Spark that counted its words and keeps its page open; arguments: the port of the page, words. */
public class SparkJob {
  public static void main(String[] words) throws Exception {
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("customers").set("spark.ui.port", words[0]);
    conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1").set("spark.port.maxRetries", "0");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      System.out.println("counted " + spark.parallelize(Arrays.asList(words)).count());
      Thread.currentThread().join();
    }
  }
}
