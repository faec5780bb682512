package dev.troupe.proto.codec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of all codecs, found by record or by manifest. */
final class Codecs {
  private final Map<Class<?>, Codec<?, ?>> byType = new HashMap<>();
  private final Map<String, Codec<?, ?>> byManifest = new HashMap<>();

  Codecs() {
    Stream.of(
            AssignmentCodecs.all(),
            OrderCodecs.all(),
            RankReportCodecs.all(),
            NodeReportCodecs.all(),
            JournalCodecs.all(),
            FaultCodecs.all())
        .flatMap(List::stream)
        .forEach(this::add);
  }

  private void add(Codec<?, ?> codec) {
    if (byType.put(codec.type(), codec) != null
        || byManifest.put(codec.manifest(), codec) != null) {
      throw new IllegalStateException("two codecs for " + codec.manifest());
    }
  }

  @Nullable Codec<?, ?> of(Class<?> type) {
    return byType.get(type);
  }

  @Nullable Codec<?, ?> of(String manifest) {
    return byManifest.get(manifest);
  }
}
