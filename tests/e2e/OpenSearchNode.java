import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * Runs a real OpenSearch node from jars on the class path, for tests.
 *
 * Arguments: the node's directory (config/opensearch.yml is read, data/ and logs/ are written),
 * then the classes of plugins to load. Ends at SIGTERM, closing the node.
 */
public final class OpenSearchNode {
    /** Node's constructor for plugins of the class path is protected. */
    private static final class TestNode extends Node {
        @SuppressWarnings({"rawtypes", "unchecked"})
        TestNode(Environment environment, Collection plugins) {
            super(environment, plugins, false);  // 2.x takes classes here, 3.x descriptions: hence the raw type
        }
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]).toAbsolutePath();
        for (String name : new String[] {"config", "data", "logs", "modules", "plugins"}) {
            Files.createDirectories(home.resolve(name));
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            Settings.builder().put("path.home", home.toString()).build(), Map.of(), home.resolve("config"), () -> "test");
        Node node = new TestNode(environment, plugins(Arrays.asList(args).subList(1, args.length)));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception failure) {
                failure.printStackTrace();
            }
            stopped.countDown();
        }));
        node.start();
        stopped.await();
    }

    private static List<Object> plugins(List<String> classNames) throws Exception {
        String wanted = Node.class.getDeclaredConstructor(Environment.class, Collection.class, boolean.class)
            .getGenericParameterTypes()[1].getTypeName();
        List<Object> plugins = new ArrayList<>();
        for (String name : classNames) {
            if (wanted.contains("PluginInfo")) {
                plugins.add(new PluginInfo(name, "", "0", Version.CURRENT, "11", name, null, List.of(), false));
            } else {
                plugins.add(Class.forName(name));
            }
        }
        return plugins;
    }
}
