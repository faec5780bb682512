package dev.troupe.model;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.kernels.Kernels;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Kernels and collectives that do nothing: with them a step only takes workspace, which is counted.
 */
public final class DryRun {
  private DryRun() {}

  /** Kernels that do nothing. */
  public static Kernels kernels() {
    return proxy(
        Kernels.class,
        (self, method, arguments) ->
            method.isDefault() ? InvocationHandler.invokeDefault(self, method, arguments) : null);
  }

  /** A group of {@code size} whose collectives are done at once. */
  public static Communicator communicator(int rank, int size) {
    return proxy(
        Communicator.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "rank" -> rank;
              case "size" -> size;
              case "progressesAlone" -> false;
              case "stream" -> Optional.empty();
              default -> method.getReturnType() == Pending.class ? Pending.DONE : null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
