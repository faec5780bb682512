package dev.troupe.deploy.chaos.inject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Keeps what this network namespace sends to some addresses from arriving, for a while: a route
 * into nothing. Needs root and iproute2.
 */
final class NetworkCut {
  private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final long LIMIT_SECONDS = 5;
  private static final String HEAL =
      "seconds=$1; shift; sleep \"$seconds\"; for a; do ip route del blackhole \"$a/32\"; done";

  private NetworkCut() {}

  /**
   * Begins a cut; returns once it is there.
   *
   * @param addresses IPv4 addresses with commas between them
   * @param seconds how long
   * @return why not; empty where it has begun
   */
  static String start(String addresses, double seconds) {
    List<String> each = List.of(addresses.split(","));
    for (String address : each) {
      if (!ADDRESS.matcher(address).matches() || address.startsWith("127.")) {
        return "\"" + address + "\" is no IPv4 address of another machine";
      }
    }
    try {
      for (String address : each) {
        String problem = run(List.of("ip", "route", "add", "blackhole", address + "/32"));
        if (!problem.isEmpty()) {
          return "cuts need root and ip netns: " + problem;
        }
      }
      List<String> heal = new ArrayList<>(List.of("sh", "-c", HEAL, "troupe-heal"));
      heal.add(String.format(Locale.ROOT, "%.3f", seconds));
      heal.addAll(each);
      new ProcessBuilder(heal)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .getOutputStream()
          .close();
      return "";
    } catch (IOException e) {
      return "cuts need root and ip netns: " + e.getMessage();
    }
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return command + " did not end";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
    return process.exitValue() == 0 ? "" : output;
  }
}
