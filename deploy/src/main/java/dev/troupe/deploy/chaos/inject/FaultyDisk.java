package dev.troupe.deploy.chaos.inject;

import dev.troupe.checkpoint.InterceptedStorage;
import dev.troupe.checkpoint.StorageOperation;
import dev.troupe.proto.message.Fault;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A disk that is full at the next write once that is ordered, or at which the process ends. */
final class FaultyDisk implements InterceptedStorage.Interceptor {
  private final AtomicReference<Fault.@Nullable Kind> armed = new AtomicReference<>();

  /** The next operation that changes something goes wrong. */
  void arm(Fault.Kind kind) {
    armed.set(kind);
  }

  @Override
  public void before(StorageOperation operation, Path path) throws IOException {
    if (operation.readOnly()) {
      return;
    }
    Fault.Kind kind = armed.getAndSet(null);
    if (kind == Fault.Kind.CRASH) {
      Runtime.getRuntime().halt(NodeFaults.KILLED);
    } else if (kind == Fault.Kind.DISK_FULL) {
      throw full(path);
    }
  }

  /** What the system says. */
  static IOException full(Path path) {
    return new FileSystemException(path.toString(), null, "No space left on device");
  }
}
