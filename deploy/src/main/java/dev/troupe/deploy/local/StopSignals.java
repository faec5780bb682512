package dev.troupe.deploy.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Hands Ctrl-C (SIGINT) and SIGTERM to a run instead of ending the process; {@code close} gives
 * them back. A shutdown hook would not do: it cannot change the exit code.
 */
public final class StopSignals implements AutoCloseable {
  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

  /**
   * Takes the signals.
   *
   * @param onSignal called with the signal's name, each time, on a thread of the virtual machine
   */
  public StopSignals(Consumer<String> onSignal) {
    for (String name : List.of("INT", "TERM")) {
      Signal signal = new Signal(name);
      before.put(signal, Signal.handle(signal, caught -> onSignal.accept("SIG" + name)));
    }
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
  }
}
