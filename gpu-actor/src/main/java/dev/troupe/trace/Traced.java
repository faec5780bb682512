package dev.troupe.trace;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Stream;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Kernels and communicators that tell a tracer of every call. */
public final class Traced {
  private Traced() {}

  /** The same kernels, each call a span. */
  public static Kernels kernels(Kernels kernels, Tracer tracer) {
    return proxy(
        Kernels.class,
        (method, arguments) -> {
          if (!tracer.on() || method.getReturnType() != void.class || arguments == null) {
            return call(kernels, method, arguments);
          }
          tracer.compute(
              describe(method.getName(), arguments), () -> call(kernels, method, arguments));
          return null;
        });
  }

  /** A product by its dimensions, anything else by its name and first result. */
  private static String describe(String name, Object[] arguments) {
    if (name.equals("matmul")) {
      Tensor c = (Tensor) arguments[0];
      Tensor a = (Tensor) arguments[1];
      Layout layout = (Layout) arguments[3];
      int inner = layout.transposeA() ? a.rows() : a.cols();
      return "matmul %s %dx%dx%d".formatted(layout, c.rows(), c.cols(), inner);
    }
    return arguments[0] instanceof Tensor first
        ? "%s %dx%d".formatted(name, first.rows(), first.cols())
        : name;
  }

  /** The same communicators, each collective a span on its group's track. */
  public static Communicators communicators(Communicators communicators, Tracer tracer) {
    return new Communicators() {
      @Override
      public void place(long epoch, Placement placement) {
        communicators.place(epoch, placement);
      }

      @Override
      public Communicator open(long epoch, ProcessGroup group, int rank) {
        return communicator(communicators.open(epoch, group, rank), track(group), tracer);
      }

      @Override
      public void abort(long epoch, String reason) {
        communicators.abort(epoch, reason);
      }
    };
  }

  private static String track(ProcessGroup group) {
    return "ranks " + group.ranks();
  }

  private static Communicator communicator(Communicator own, String track, Tracer tracer) {
    return proxy(
        Communicator.class,
        (method, arguments) -> {
          if (!tracer.on() || method.getReturnType() != Pending.class || own.size() == 1) {
            return call(own, method, arguments);
          }
          Stream stream = own.stream().orElse(tracer.compute());
          if (own.progressesAlone()) {
            stream.await(tracer.compute().record()); // its data come from kernels
          }
          Tracer.Span span = tracer.begin(track, stream, describe(method, arguments));
          Pending pending = (Pending) Objects.requireNonNull(call(own, method, arguments));
          if (own.progressesAlone()) {
            tracer.end(span, stream);
            return pending;
          }
          Pending untilDone =
              () -> {
                pending.await();
                tracer.end(span, stream);
              };
          return untilDone;
        });
  }

  private static String describe(Method method, Object[] arguments) {
    return "%s %,d bytes".formatted(method.getName(), ((BufferView) arguments[0]).bytes());
  }

  @FunctionalInterface
  private interface Handler {
    @Nullable Object handle(Method method, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.handle(method, arguments)));
  }

  private static @Nullable Object call(Object target, Method method, Object[] arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
