package dev.troupe.deploy.tensorboard;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * Writes one event file of TensorBoard, {@code events.out.tfevents.<seconds>.<host>.<pid>}, into a
 * folder in which older ones may be. Every event can be read as soon as it is written. Used by one
 * thread.
 */
public final class EventWriter implements AutoCloseable {
  private final Path path;
  private final RecordFile file;
  private final InstantSource clock;

  private EventWriter(Path path, RecordFile file, InstantSource clock) {
    this.path = path;
    this.file = file;
    this.clock = clock;
  }

  /**
   * Begins a new file.
   *
   * @param folder where to; made if need be
   * @param clock tells the events' times
   * @throws TroupeException of category resource where it cannot be written
   */
  public static EventWriter open(Path folder, InstantSource clock) {
    try {
      Files.createDirectories(folder);
      // Readers take the files of a folder in the order of their names. Two runs of one second, as
      // they happen in a container, whose process id is always the same, get different names.
      for (long second = clock.instant().getEpochSecond(); ; second++) {
        Path path = folder.resolve(name(second));
        try {
          EventWriter writer = new EventWriter(path, new RecordFile(path), clock);
          writer.append(EventMessages.version(writer.now()));
          return writer;
        } catch (FileAlreadyExistsException taken) {
          continue;
        }
      }
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  private static String name(long second) {
    return "events.out.tfevents.%010d.%s.%d"
        .formatted(second, host(), ProcessHandle.current().pid());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /**
   * The run goes on with {@code firstStep}: what older events, of this file and of those before it,
   * tell of that step and later ones is to be forgotten.
   */
  public void restart(long firstStep) {
    append(EventMessages.start(now(), firstStep));
  }

  /** Values of a step, by tag, for example {@code train/loss}. */
  public void scalars(long step, Map<String, Double> values) {
    append(EventMessages.scalars(now(), step, values));
  }

  /** A text of a step, in Markdown. */
  public void text(long step, String tag, String markdown) {
    append(EventMessages.text(now(), step, tag, markdown));
  }

  /** What the run is made with: numbers, truths and texts by name. */
  public void settings(Map<String, Object> settings) {
    double now = now();
    append(EventMessages.hparams(now, HparamsMessages.TAG, HparamsMessages.start(now, settings)));
  }

  private double now() {
    return clock.millis() / 1e3;
  }

  private void append(byte[] event) {
    try {
      file.append(event);
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  private static TroupeException cannotWrite(Path path, IOException cause) {
    return new TroupeException(
        Category.RESOURCE,
        "cannot write %s: %s; free disk space or choose another run.dir".formatted(path, cause),
        cause);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }
}
