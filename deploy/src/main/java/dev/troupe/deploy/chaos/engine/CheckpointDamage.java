package dev.troupe.deploy.chaos.engine;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Flips a byte of the newest published checkpoint.
 *
 * @param dir folder of the checkpoints
 */
record CheckpointDamage(Path dir) {
  /** Where the damage is, or why there is none. */
  record Result(String file, String problem, String noticed) {}

  /** Flips a byte that {@code seed} chooses and checks whether a load would notice. */
  Result flip(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try {
      Path newest = dir.resolve(Files.readString(dir.resolve("latest")).strip());
      List<Path> files;
      try (Stream<Path> entries = Files.list(newest)) {
        files = entries.filter(Files::isRegularFile).sorted().toList();
      }
      Path file = files.get(random.nextInt(files.size()));
      flip(file, random);
      return new Result(file.toString(), "", noticed(newest));
    } catch (IOException | RuntimeException e) {
      return new Result("", "no checkpoint to damage: " + e.getMessage(), "");
    }
  }

  private static void flip(Path file, SplittableRandom random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = random.nextLong(channel.size());
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(Byte.SIZE)));
      channel.write(one.flip(), at);
    }
  }

  private static String noticed(Path checkpoint) {
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      reader.verify();
      return "";
    } catch (TroupeException damage) {
      return String.valueOf(damage.getMessage());
    }
  }
}
