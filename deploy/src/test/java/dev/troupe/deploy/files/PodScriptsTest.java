package dev.troupe.deploy.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs what pods run, with the Secret's folder put elsewhere. */
@DisabledOnOs(OS.WINDOWS)
class PodScriptsTest {
  private static final Path BASE = Shell.DEPLOY.resolve("kubernetes/base");

  @TempDir Path folder;

  private Shell.Result start(String pod) throws Exception {
    Path script = folder.resolve("start.sh");
    Files.writeString(
        script,
        Files.readString(BASE.resolve("start.sh"))
            .replace("/run/secrets/troupe", folder.resolve("secrets").toString()));
    Shell shell = new Shell(folder);
    shell.command("troupe", "printf '%s\\n' \"$@\"");
    return shell.run(
        Map.of("POD_NAME", pod, "SERVICE", "troupe", "RANKS", "8"), "bash", script.toString());
  }

  private void secrets(String secret, String token) throws Exception {
    Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/cluster-secret"), secret);
    Files.writeString(folder.resolve("secrets/api-token"), token);
  }

  @Test
  void theFirstThreePodsMayHaveTheCoordinator() throws Exception {
    secrets("a", "b");
    List<String> second = start("troupe-2").out().lines().toList();
    assertEquals(
        List.of(
            "node",
            "/etc/troupe/job.conf",
            "--name",
            "troupe-2",
            "--ranks",
            "8",
            "--seed",
            "troupe-0.troupe:7600",
            "--seed",
            "troupe-1.troupe:7600",
            "--seed",
            "troupe-2.troupe:7600",
            "--control",
            "cluster.host=troupe-2.troupe"),
        second.subList(0, 14));
    List<String> tenth = start("troupe-10").out().lines().toList();
    assertTrue(tenth.contains("cluster.host=troupe-10.troupe"), tenth.toString());
    assertTrue(tenth.contains("troupe-0.troupe:7600"), tenth.toString());
    assertTrue(!tenth.contains("--control"), tenth.toString());
  }

  @Test
  void placeholdersAreRefused() throws Exception {
    secrets("REPLACE-ME", "b");
    Shell.Result result = start("troupe-0");
    assertEquals(2, result.exit());
    assertTrue(result.out().contains("has no cluster-secret yet"), result.out());
    assertTrue(Files.readString(BASE.resolve("secrets.env")).contains("cluster-secret=REPLACE-ME"));
    secrets("a", "");
    assertTrue(start("troupe-0").out().contains("has no api-token yet"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theProbeAsksTheApiWhereItIsAndThePortElsewhere() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    HttpServer api = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    api.createContext("/health/live", exchange -> answer(exchange, 200));
    api.createContext("/health/ready", exchange -> answer(exchange, 503));
    api.start();
    ServerSocket agent = new ServerSocket(0, 1, loopback);
    int elsewhere = agent.getLocalPort();
    try (agent) {
      assertEquals(0, probe("live", elsewhere, api.getAddress().getPort()));
      assertEquals(1, probe("ready", elsewhere, api.getAddress().getPort()));
    } finally {
      api.stop(0);
    }
    assertEquals(1, probe("live", elsewhere, 1));
    try (ServerSocket worker = new ServerSocket(0, 1, loopback)) {
      assertEquals(0, probe("live", worker.getLocalPort(), 1));
      assertEquals(0, probe("ready", worker.getLocalPort(), 1));
    }
  }

  private static void answer(HttpExchange exchange, int code) throws IOException {
    exchange.sendResponseHeaders(code, -1);
    exchange.close();
  }

  /** Pod and service make up the name {@code 127.0.0.1} here. */
  private int probe(String check, int control, int api) throws Exception {
    Path script = folder.resolve("probe.sh");
    Files.writeString(
        script,
        Files.readString(BASE.resolve("probe.sh"))
            .replace("7600", Integer.toString(control))
            .replace("7680", Integer.toString(api)));
    return new Shell(folder)
        .run(Map.of("POD_NAME", "127.0.0", "SERVICE", "1"), "bash", script.toString(), check)
        .exit();
  }
}
