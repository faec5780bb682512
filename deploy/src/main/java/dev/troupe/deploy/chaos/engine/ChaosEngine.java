package dev.troupe.deploy.chaos.engine;

import dev.troupe.checkpoint.InterceptedStorage;
import dev.troupe.checkpoint.StorageOperation;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.chaos.plan.ChaosPlan;
import dev.troupe.deploy.chaos.plan.Moment;
import dev.troupe.deploy.chaos.plan.PlanFile;
import dev.troupe.deploy.chaos.plan.Target;
import dev.troupe.deploy.chaos.plan.Trigger;
import dev.troupe.deploy.report.EventLog;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.Fault;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a plan of faults out in the process that coordinates. It sees every transition of the
 * coordinator, on that one's thread, the coordinator's operations on checkpoints, and a clock of
 * its own for storms. Thread-safe.
 */
public final class ChaosEngine
    implements TransitionObserver, InterceptedStorage.Interceptor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosEngine.class);
  private static final long STORM_TICK_MILLIS = 10;

  private final ChaosPlan plan;
  private final EventLog log;
  private final double nodeTimeout;
  private final CheckpointDamage checkpoints;
  private final Ledger ledger;
  private final Triggers triggers;
  private final InstantSource clock;
  private final Hands hands = new Hands();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("chaos").factory());
  private Sighting seen = new Sighting(List.of(), List.of(), 0, 0, Fleet.none());
  private long saving;
  private boolean takenOver;
  private boolean stopped;
  private boolean begun;
  private double stepSeconds = 1;
  private long lastCommitNanos = System.nanoTime();
  private long calmSince = System.nanoTime();

  /**
   * For a run that is coordinated here from now on.
   *
   * @param plan the plan
   * @param events the run's {@code events.jsonl}: faults of an earlier coordinator are gone on with
   * @param checkpoints folder of the run's checkpoints
   * @param nodeTimeout seconds of silence after which a process is given up
   */
  public ChaosEngine(
      ChaosPlan plan, Path events, Path checkpoints, double nodeTimeout, InstantSource clock) {
    this.plan = plan;
    this.clock = clock;
    this.nodeTimeout = nodeTimeout;
    this.checkpoints = new CheckpointDamage(checkpoints);
    this.log = EventLog.beside(events, clock);
    this.ledger = new Ledger(log, EventLines.sinceTheEnd(events), nodeTimeout, clock.instant());
    this.takenOver = ledger.busy();
    this.triggers = new Triggers(plan, ledger.struck(), System.nanoTime());
    var unused =
        thread.scheduleWithFixedDelay(
            this::storms, STORM_TICK_MILLIS, STORM_TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Of a job that names a plan; nothing for the others.
   *
   * @param events the run's {@code events.jsonl}
   */
  public static Optional<ChaosEngine> of(JobSpec job, Path events) {
    return Optional.ofNullable(job.chaosPlan())
        .map(
            file ->
                new ChaosEngine(
                    PlanFile.read(Path.of(file)),
                    events,
                    Path.of(job.checkpoint().dir()),
                    job.elastic().nodeTimeout(),
                    InstantSource.system()));
  }

  /** Lets it hear what the coordinator is told, too: who the nodes are, and their answers. */
  public Behavior<CoordinatorCommand> around(Behavior<CoordinatorCommand> coordinator) {
    return Behaviors.intercept(
        () -> new Eavesdropper(hands, this::refused, this::close), coordinator);
  }

  @Override
  public synchronized void before(Event event, Transition transition) {
    seen = Sight.of(event, transition);
    strikeAt(true);
  }

  @Override
  public synchronized void after(Event event, Transition transition) {
    seen = Sight.of(event, transition);
    if (takenOver) {
      takenOver = false;
      seen = seen.plus(new Sign(Sign.Kind.TAKEN_OVER, "", Set.of(), "a new coordinator took over"));
    }
    pace();
    ledger.see(seen, clock.instant());
    strikeAt(false);
    stopWhenDone();
  }

  private void pace() {
    if (seen.marks().stream().anyMatch(mark -> mark.moment() == Moment.COMMITTED)) {
      begun = true;
      long now = System.nanoTime();
      stepSeconds += 0.2 * ((now - lastCommitNanos) / 1e9 - stepSeconds);
      lastCommitNanos = now;
    }
  }

  private void strikeAt(boolean before) {
    for (Mark mark : seen.marks()) {
      if (mark.before() == before) {
        triggers.at(mark).forEach(this::strike);
      }
    }
  }

  private void stopWhenDone() {
    if (plan.stopWhenDone() && !stopped && triggers.exhausted(seen.committed()) && !ledger.busy()) {
      stopped = true;
      hands.stop("the plan of faults is done");
    }
  }

  /** Only while there is a mesh: what has not taken over yet, or is starting, is left in peace. */
  private synchronized void storms() {
    if (seen.fleet().seats().isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    calmSince = ledger.busy() || !begun ? now : calmSince;
    for (Strike strike : triggers.at(now, now - calmSince)) {
      if (strike(strike)) {
        triggers.struck(strike, System.nanoTime());
      }
    }
  }

  /** The coordinator's operations on checkpoints. */
  @Override
  public synchronized void before(StorageOperation operation, Path path) throws IOException {
    Moment moment = CheckpointMoments.of(operation, path).orElse(null);
    if (moment == null) {
      return;
    }
    saving = CheckpointMoments.step(path, saving);
    Mark mark = new Mark(moment, saving, true);
    boolean full = false;
    for (Strike strike : triggers.at(mark)) {
      boolean struck = strike(strike);
      full |= struck && strike.action().kind() == Action.Kind.ENOSPC;
    }
    if (full) {
      throw new FileSystemException(path.toString(), null, "No space left on device");
    }
  }

  /** Injects a fault; returns whether it had a target. */
  private boolean strike(Strike strike) {
    boolean here = own(strike);
    Target target = here ? new Target.Coordinator() : strike.target();
    List<Hit> hits = new Aim(seen.fleet()).at(target, strike.dice());
    for (Hit hit : hits) {
      inject(strike, hit);
    }
    if (hits.isEmpty() && !(target instanceof Target.AnyRank)) {
      log.append(
          Ledger.SKIPPED,
          Map.of(
              "fault", strike.action().words(), "target", target.toString(), "why", "not there"));
      return true;
    }
    return !hits.isEmpty();
  }

  /** Whether it is an operation on a checkpoint that this process is about to do itself. */
  private boolean own(Strike strike) {
    Action.Kind kind = strike.action().kind();
    return (kind == Action.Kind.ENOSPC || kind == Action.Kind.CRASH)
        && plan.rules().get(strike.rule()).trigger() instanceof Trigger.At at
        && at.moment().coordinators();
  }

  private void inject(Strike strike, Hit hit) {
    boolean own = hit.node().isEmpty();
    Action action = strike.action();
    Expectation expected = Expectation.of(action, own, nodeTimeout);
    long id = ledger.inject(strike, hit, expected, seen.fleet().fence().epoch(), clock.instant());
    LOG.warn("fault {}: {} of {}", id, action.words(), hit.words());
    String problem = own ? here(id, action) : there(id, action, hit, strike);
    if (!problem.isEmpty()) {
      ledger.refused(id, problem);
    }
  }

  /** A fault of this process or of a file. */
  private String here(long id, Action action) {
    return switch (action.kind()) {
      case KILL9, KILL_COORDINATOR, CRASH -> {
        hands.halt();
        yield "";
      }
      case SIGSTOP -> hands.pause(action.amount());
      case CORRUPT -> {
        thread.execute(() -> corrupt(id));
        yield "";
      }
      case ENOSPC -> "";
      case SLOW, NAN, BITFLIP, CUT -> action.words() + " cannot hit the coordinator";
    };
  }

  private String there(long id, Action action, Hit hit, Strike strike) {
    Fault fault =
        switch (action.kind()) {
          case KILL9, KILL_COORDINATOR -> new Fault(Fault.Kind.KILL);
          case SIGSTOP -> new Fault(Fault.Kind.PAUSE, action.amount(), 0, "");
          case SLOW -> new Fault(Fault.Kind.SLOW, action.amount(), steps(action, strike), "");
          case NAN -> new Fault(Fault.Kind.NAN);
          case BITFLIP, CORRUPT -> new Fault(Fault.Kind.BIT_FLIP);
          case ENOSPC -> new Fault(Fault.Kind.DISK_FULL);
          case CRASH -> new Fault(Fault.Kind.CRASH);
          case CUT ->
              new Fault(Fault.Kind.CUT, seconds(action, strike), 0, String.join(",", hit.peers()));
        };
    return hands.tell(
        hit.node(), new InjectFault(seen.fleet().fence(), id, hit.rank(), hit.device(), fault));
  }

  private int steps(Action action, Strike strike) {
    return plan.rules().get(strike.rule()).trigger() instanceof Trigger.Between between
        ? (int) (between.last() - between.first())
        : action.steps();
  }

  /** A cut from one step to another lasts about as long as these steps would. */
  private double seconds(Action action, Strike strike) {
    return action.amount() > 0 ? action.amount() : Math.max(1, steps(action, strike) * stepSeconds);
  }

  private void corrupt(long id) {
    CheckpointDamage.Result result = checkpoints.flip(id);
    synchronized (this) {
      if (!result.problem().isEmpty()) {
        ledger.refused(id, result.problem());
      } else if (!result.noticed().isEmpty()) {
        ledger.detected(id, result.noticed(), clock.instant());
        ledger.over(id, clock.instant());
      }
    }
  }

  private synchronized void refused(long id, String problem) {
    ledger.refused(id, problem);
  }

  @Override
  public synchronized void close() {
    thread.shutdownNow();
    log.close();
  }
}
