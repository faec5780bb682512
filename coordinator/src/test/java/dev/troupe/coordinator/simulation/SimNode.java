package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;

import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine with an agent that supervises worker processes. */
final class SimNode {
  /** Stopped processes that are not seen to live are ended after this. */
  private static final long SILENCE = 2_500 * MILLISECOND;

  private final World world;
  private final SimControl control;
  private final String name;
  private final int host;
  private final List<Worker> workers = new ArrayList<>();
  private @Nullable SimAgent agent;
  private int incarnations;
  private boolean released;

  SimNode(World world, SimControl control, String name, int host) {
    this.world = world;
    this.control = control;
    this.name = name;
    this.host = host;
  }

  String name() {
    return name;
  }

  int host() {
    return host;
  }

  SimControl control() {
    return control;
  }

  @Nullable SimAgent agent() {
    return agent;
  }

  List<Worker> workers() {
    return workers;
  }

  boolean up() {
    SimAgent mine = agent;
    return mine != null && !mine.process().dead();
  }

  /** The coordinator has no more use for it: it does not come back. */
  void release() {
    released = true;
    SimAgent mine = agent;
    if (mine != null) {
      mine.process().after(world.between(10, 200), this::kill);
    }
  }

  void start() {
    if (!up() && !released) {
      world.trace.add(name, "starts");
      Scenario scenario = world.scenario;
      for (int device = 0; device < scenario.devices(); device += scenario.devicesPerProcess()) {
        List<Integer> devices = new ArrayList<>();
        for (int i = 0; i < scenario.devicesPerProcess() && device + i < scenario.devices(); i++) {
          devices.add(device + i);
        }
        startWorker(devices);
      }
      agent = new SimAgent(world, this, new Process(world.time, name, host));
    }
  }

  private void startWorker(List<Integer> devices) {
    incarnations++;
    Process process = new Process(world.time, name + "-w" + incarnations, host);
    Worker worker = new Worker(process, devices);
    workers.add(worker);
    workers.sort(Comparator.comparingInt(one -> one.devices.getFirst()));
    world.ledger.began(worker);
  }

  /** Ends all its processes. */
  void kill() {
    SimAgent mine = agent;
    if (mine != null) {
      world.trace.add(name, "is killed");
      mine.process().kill();
      workers.forEach(worker -> worker.process.kill());
      workers.clear();
      control.saw(this);
    }
  }

  /** Ends a worker process; its agent starts another one. */
  void kill(Worker worker, String why) {
    if (workers.remove(worker)) {
      world.trace.add(name, worker.process + " is killed: " + why);
      worker.process.kill();
      SimAgent mine = agent;
      if (mine != null) {
        mine.process()
            .after(
                world.between(300, 3_000),
                () -> {
                  if (mine == agent) {
                    startWorker(worker.devices);
                  }
                });
      }
    }
  }

  /** Stops a worker process; its agent ends it if that lasts. */
  void pause(Worker worker) {
    worker.process.pause();
    SimAgent mine = agent;
    if (mine != null) {
      mine.process()
          .after(
              SILENCE,
              () -> {
                if (worker.process.paused()) {
                  kill(worker, "it gives no sign of life");
                }
              });
    }
  }

  @Nullable Worker workerOf(int device) {
    return workers.stream()
        .filter(worker -> worker.devices.contains(device) && !worker.process.dead())
        .findFirst()
        .orElse(null);
  }

  NodeInfo info() {
    List<DeviceInfo> devices = workers.stream().flatMap(worker -> worker.infos().stream()).toList();
    return new NodeInfo(name, "host-" + host, 8, 0, devices);
  }
}
