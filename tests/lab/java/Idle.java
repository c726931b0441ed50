/** A program that does nothing, for what is told of any program. */
public class Idle {
  public static void main(String[] words) throws Exception {
    Thread.currentThread().join();
  }
}
