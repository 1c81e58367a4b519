import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;

/**
 * Prints murmur2 and the partition of 7 and of 12 for keys of every length modulo 4 and beyond ASCII, as JSON:
 * murmur2-vectors.json beside this file. To make it again, with kafka-clients and slf4j-api in lib/:
 *
 *     java -Dstdout.encoding=UTF-8 -cp "lib/*" Murmur2Vectors.java > murmur2-vectors.json
 */
public class Murmur2Vectors {
  public static void main(String[] args) {
    java.util.List<String> keys = new java.util.ArrayList<>();
    keys.add("");
    String letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (int length = 1; length <= letters.length(); length++) keys.add(letters.substring(0, length));
    java.util.Random random = new java.util.Random(42);
    for (int n = 0; n < 40; n++) keys.add(new java.util.UUID(random.nextLong(), random.nextLong()).toString());
    for (String key : new String[] {"zażółć", "日本語", "😀", "ÿ", "\u0080\u00ff", "order-1", "order-2"}) keys.add(key);
    System.out.println("[");
    for (int n = 0; n < keys.size(); n++) {
      byte[] bytes = keys.get(n).getBytes(StandardCharsets.UTF_8);
      System.out.printf("  [\"%s\", %d, %d, %d]%s%n", keys.get(n), Utils.murmur2(bytes),
          BuiltInPartitioner.partitionForKey(bytes, 7), BuiltInPartitioner.partitionForKey(bytes, 12),
          n == keys.size() - 1 ? "" : ",");
    }
    System.out.println("]");
  }
}
