package dev.troupe.deploy.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Hands Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) to a run instead of ending the
 * process; {@code close} gives them back. A shutdown hook would not do: it cannot change the exit
 * code. Under {@code nohup}, a closed terminal stays without effect.
 */
public final class StopSignals implements AutoCloseable {
  private static final String HANG_UP = "HUP";

  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

  /**
   * Takes the signals.
   *
   * @param onSignal called with the signal's name, each time, on a thread of the virtual machine
   */
  public StopSignals(Consumer<String> onSignal) {
    for (String name : List.of("INT", "TERM", HANG_UP)) {
      Signal signal = new Signal(name);
      SignalHandler old = Signal.handle(signal, caught -> onSignal.accept("SIG" + name));
      if (name.equals(HANG_UP) && old.equals(SignalHandler.SIG_IGN)) {
        Signal.handle(signal, old);
      } else {
        before.put(signal, old);
      }
    }
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
  }
}
