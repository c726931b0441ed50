import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.LocalHBaseCluster;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.rest.RESTServer;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;

/** One HBase with its REST server; arguments: home, port of REST, port of the master's page, e-mails. */
public class HBaseRest {
  public static void main(String[] words) throws Exception {
    Configuration config = HBaseConfiguration.create();
    for (String name : new String[] {"hbase.rest.host", "hbase.master.ipc.address", "hbase.regionserver.ipc.address"}) config.set(name, "127.0.0.1");
    for (String name : new String[] {"hbase.master.port", "hbase.regionserver.port"}) config.set(name, "0");
    for (String name : new String[] {"hbase.regionserver.info.port", "hbase.rest.info.port"}) config.set(name, "-1");
    for (String name : new String[] {"hbase.master.hostname", "hbase.regionserver.hostname", "hbase.zookeeper.quorum"}) config.set(name, "127.0.0.1");
    config.set("hbase.rootdir", "file://" + words[0] + "/root");
    config.set("hbase.tmp.dir", words[0] + "/tmp");
    config.set("hbase.wal.provider", "filesystem");
    config.set("hbase.unsafe.stream.capability.enforce", "false");
    config.set("hbase.rest.port", words[1]);
    config.set("hbase.master.info.port", words[2]);
    config.set("hbase.master.info.bindAddress", "127.0.0.1");
    MiniZooKeeperCluster keeper = new MiniZooKeeperCluster(config);
    config.set("hbase.zookeeper.property.clientPort", String.valueOf(keeper.startup(new java.io.File(words[0], "zookeeper"))));
    new LocalHBaseCluster(config, 1).startup();
    try (Connection owner = ConnectionFactory.createConnection(config)) {
      TableName name = TableName.valueOf("customers");
      owner.getAdmin().createTable(TableDescriptorBuilder.newBuilder(name).setColumnFamily(ColumnFamilyDescriptorBuilder.of("f")).build());
      for (int number = 3; number < words.length; number++)
        owner.getTable(name).put(new Put(Bytes.toBytes(words[number])).addColumn(Bytes.toBytes("f"), Bytes.toBytes("e"), Bytes.toBytes(words[number])));
    }
    RESTServer server = new RESTServer(config);
    server.run();
    Thread.currentThread().join();
  }
}
