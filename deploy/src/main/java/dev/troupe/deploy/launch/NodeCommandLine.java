package dev.troupe.deploy.launch;

import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.deploy.report.ConsoleFilter;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The commands that start the nodes of a launch.
 *
 * @param program main class of the program
 * @param job the job
 * @param seed address of the launching process
 * @param ranks devices a node
 * @param control names of those that may coordinate; empty: the launching process does
 * @param nodes how many nodes there are to be
 */
record NodeCommandLine(
    Class<?> program, JobSpec job, String seed, int ranks, List<String> control, int nodes) {
  /** An agent holds no tensors. */
  private static final List<String> FLAGS =
      List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-D" + ConsoleFilter.PROPERTY + "=all");

  /**
   * A node that is a process of this machine.
   *
   * @param index its number among them: each has GPUs of its own
   */
  List<String> here(String name, int index, String secretFile, Optional<Path> aeronDirectory) {
    List<String> arguments = new ArrayList<>(common(name));
    arguments.add("--first-gpu=" + index * ranks);
    arguments.add("cluster.host=" + job.cluster().host());
    arguments.add("cluster.secret-file=" + secretFile);
    aeronDirectory.ifPresent(directory -> arguments.add("--aeron-dir=" + directory));
    return JavaCommand.of(program, FLAGS, arguments);
  }

  /** A node on another machine, from the same folder as this one; it reads the secret. */
  List<String> overSsh(String host, Path folder) {
    List<String> arguments = new ArrayList<>();
    arguments.add(launcher());
    arguments.addAll(common(host));
    arguments.add("cluster.host=" + host);
    arguments.add("--secret-from-input");
    String remote =
        "cd %s && exec %s"
            .formatted(
                quoted(folder.toString()),
                arguments.stream().map(NodeCommandLine::quoted).collect(Collectors.joining(" ")));
    return List.of(ssh(), "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", host, remote);
  }

  private List<String> common(String name) {
    ClusterSpec cluster = job.cluster();
    List<String> arguments = new ArrayList<>();
    arguments.add("node");
    arguments.add("--seed=" + seed);
    arguments.add("--name=" + name);
    arguments.add("--ranks=" + ranks);
    arguments.add("--child");
    if (job.chaosPlan() != null) {
      arguments.add("--allow-faults");
    }
    if (control.contains(name)) {
      arguments.add("--control");
      arguments.add("--nodes=" + nodes);
      arguments.add(Path.of(job.runDir()).resolve("job.conf").toString());
    }
    arguments.add("cluster.control-nodes=" + cluster.controlNodes());
    arguments.add("device=" + job.device());
    arguments.add("cluster.transport=" + written(cluster.transport()));
    arguments.add("cluster.data-transport=" + written(cluster.data()));
    arguments.add("cluster.shared-memory=" + cluster.sharedMemory());
    arguments.add("worker.devices-per-process=" + cluster.devicesPerProcess());
    arguments.add("elastic.restarts=" + job.elastic().restarts());
    arguments.add("elastic.node-timeout=" + job.elastic().nodeTimeout());
    arguments.add("cuda.share-gpu=" + job.cuda().shareGpu());
    given(arguments, "cuda.libraries", job.cuda().libraries());
    given(arguments, "cluster.tls.key-file", cluster.tls().keyFile());
    given(arguments, "cluster.tls.cert-file", cluster.tls().certFile());
    given(arguments, "cluster.tls.ca-file", cluster.tls().caFile());
    return arguments;
  }

  private static void given(List<String> arguments, String key, @Nullable String value) {
    if (value != null) {
      arguments.add(key + "=" + value);
    }
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Another program than ssh where the variable names one, with the same arguments. */
  private static String ssh() {
    return Optional.ofNullable(System.getenv("TROUPE_SSH")).orElse("ssh");
  }

  private static String launcher() {
    String home = System.getProperty("troupe.launcher");
    if (home == null) {
      throw TroupeException.usage("--hosts needs to be called by ./troupe, which it starts there");
    }
    return home;
  }

  /** As one word of a shell. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
