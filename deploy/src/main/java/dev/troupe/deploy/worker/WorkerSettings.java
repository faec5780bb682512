package dev.troupe.deploy.worker;

import dev.troupe.deploy.backend.GpuSettings;
import dev.troupe.proto.spec.DataTransport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker process is told on its command line; no secrets.
 *
 * @param node name of its node
 * @param process its own name, unique in the cluster
 * @param socket where its agent listens
 * @param host address that its data plane listens on
 * @param data how tensors travel between hosts
 * @param aeronDirectory directory of the host's media driver; empty where none is used
 * @param sharedMemory folder for shared memory; empty: ranks of a host use the network
 * @param warmUp whether it computes a little before it offers its devices
 * @param faults whether it obeys orders of faults
 * @param gpus which GPUs it uses; empty: it computes on the CPU
 */
record WorkerSettings(
    String node,
    String process,
    Path socket,
    String host,
    DataTransport data,
    Optional<Path> aeronDirectory,
    Optional<Path> sharedMemory,
    boolean warmUp,
    boolean faults,
    Optional<GpuSettings> gpus) {

  List<String> toArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("node=" + node);
    arguments.add("process=" + process);
    arguments.add("socket=" + socket);
    arguments.add("host=" + host);
    arguments.add("data=" + data);
    aeronDirectory.ifPresent(path -> arguments.add("aeron=" + path));
    sharedMemory.ifPresent(path -> arguments.add("memory=" + path));
    arguments.add("warm-up=" + warmUp);
    arguments.add("faults=" + faults);
    gpus.ifPresent(each -> write(each, arguments));
    return arguments;
  }

  private static void write(GpuSettings gpus, List<String> arguments) {
    arguments.add("gpu-offset=" + gpus.offset());
    arguments.add("gpu-first=" + gpus.firstDevice());
    arguments.add("gpu-count=" + gpus.devices());
    arguments.add("gpu-shared=" + gpus.shared());
    if (gpus.libraries() != null) {
      arguments.add("gpu-libraries=" + gpus.libraries());
    }
  }

  private static Optional<GpuSettings> gpus(Map<String, String> values) {
    if (!values.containsKey("gpu-count")) {
      return Optional.empty();
    }
    return Optional.of(
        new GpuSettings(
            values.get("gpu-libraries"),
            Integer.parseInt(need(values, "gpu-offset")),
            Integer.parseInt(need(values, "gpu-first")),
            Integer.parseInt(need(values, "gpu-count")),
            Boolean.parseBoolean(need(values, "gpu-shared"))));
  }

  static WorkerSettings of(String[] arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int split = argument.indexOf('=');
      values.put(argument.substring(0, split), argument.substring(split + 1));
    }
    return new WorkerSettings(
        need(values, "node"),
        need(values, "process"),
        Path.of(need(values, "socket")),
        need(values, "host"),
        DataTransport.valueOf(need(values, "data")),
        Optional.ofNullable(values.get("aeron")).map(Path::of),
        Optional.ofNullable(values.get("memory")).map(Path::of),
        Boolean.parseBoolean(need(values, "warm-up")),
        Boolean.parseBoolean(need(values, "faults")),
        gpus(values));
  }

  private static String need(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a worker process is started by its agent: no " + name);
    }
    return value;
  }
}
