package dev.troupe.deploy.chaos.inject;

import dev.troupe.proto.message.Fault;
import dev.troupe.proto.message.InjectFault;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does when faults are ordered. Called by the agent's thread.
 *
 * @param processes the node's worker processes
 */
public record NodeFaults(Reach processes) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFaults.class);

  /** As a process ends that SIGKILL hits. */
  public static final int KILLED = 137;

  /** The node's worker processes, as far as faults are concerned. */
  public interface Reach {
    /** Process id of the worker process that has a device. */
    long pid(int device);

    /** Process ids of all worker processes that live. */
    List<Long> pids();

    /** Kills the worker process that has a device. */
    void kill(int device);

    /** Hands an order on to the worker process that has its device. */
    void send(InjectFault order);
  }

  /**
   * Does what is ordered.
   *
   * @return why not; empty where it is done
   */
  public String inject(InjectFault order) {
    Fault fault = order.fault();
    LOG.warn("fault {} is injected: {} {}", order.id(), fault.kind(), target(order));
    return switch (fault.kind()) {
      case KILL -> kill(order);
      case PAUSE -> ProcessPause.start(pids(order), fault.amount());
      case CUT -> NetworkCut.start(fault.where(), fault.amount());
      case SLOW, NAN, BIT_FLIP, DISK_FULL, CRASH -> {
        if (order.device() < 0) {
          yield fault.kind() + " hits a rank";
        }
        processes.send(order);
        yield "";
      }
    };
  }

  private String kill(InjectFault order) {
    if (order.device() >= 0) {
      processes.kill(order.device());
      return "";
    }
    if (order.device() == InjectFault.NODE) {
      processes.pids().stream()
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .forEach(ProcessHandle::destroyForcibly);
    }
    Runtime.getRuntime().halt(KILLED);
    return "";
  }

  private List<Long> pids(InjectFault order) {
    if (order.device() >= 0) {
      return List.of(processes.pid(order.device()));
    }
    List<Long> pids = new ArrayList<>();
    if (order.device() == InjectFault.NODE) {
      pids.addAll(processes.pids());
    }
    pids.add(ProcessHandle.current().pid());
    return pids;
  }

  private static String target(InjectFault order) {
    return switch (order.device()) {
      case InjectFault.AGENT -> "of this agent";
      case InjectFault.NODE -> "of this node";
      default -> "of rank " + order.rank() + " at device " + order.device();
    };
  }
}
