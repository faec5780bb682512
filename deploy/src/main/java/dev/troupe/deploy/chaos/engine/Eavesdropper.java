package dev.troupe.deploy.chaos.engine;

import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.RegisterNode;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;

/** Hears what a coordinator is told. */
final class Eavesdropper extends BehaviorInterceptor<CoordinatorCommand, CoordinatorCommand> {

  /** Hears why a fault was not done. */
  @FunctionalInterface
  interface Refusals {
    void refused(long id, String problem);
  }

  private final Hands hands;
  private final Refusals refusals;
  private final Runnable onEnd;

  Eavesdropper(Hands hands, Refusals refusals, Runnable onEnd) {
    super(CoordinatorCommand.class);
    this.onEnd = onEnd;
    this.hands = hands;
    this.refusals = refusals;
  }

  @Override
  public Behavior<CoordinatorCommand> aroundReceive(
      TypedActorContext<CoordinatorCommand> context,
      CoordinatorCommand message,
      ReceiveTarget<CoordinatorCommand> target) {
    hands.know(context.asJava().getSelf());
    switch (message) {
      case RegisterNode register -> hands.know(register.info().node(), register.agent());
      case FaultDone done when !done.problem().isEmpty() ->
          refusals.refused(done.id(), done.problem());
      default -> {}
    }
    return target.apply(context, message);
  }

  @Override
  public Behavior<CoordinatorCommand> aroundSignal(
      TypedActorContext<CoordinatorCommand> context,
      Signal signal,
      SignalTarget<CoordinatorCommand> target) {
    Behavior<CoordinatorCommand> next = target.apply(context, signal);
    if (signal instanceof PostStop) {
      onEnd.run();
    }
    return next;
  }
}
