import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node and a data node; arguments: their folder, the ports for HTTP and calls, a file to put in, its place. */
public class Hdfs {
  public static void main(String[] words) throws Exception {
    Configuration config = new Configuration();
    config.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, words[0]);
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(config)
            .numDataNodes(1)
            .nameNodeHttpPort(Integer.parseInt(words[1]))
            .nameNodePort(Integer.parseInt(words[2]))
            .build();
    cluster.waitActive();
    cluster.getFileSystem().copyFromLocalFile(new Path(words[3]), new Path(words[4]));
    Thread.currentThread().join();
  }
}
