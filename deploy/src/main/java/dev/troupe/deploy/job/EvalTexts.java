package dev.troupe.deploy.job;

import dev.troupe.data.DataSet;
import dev.troupe.data.DataSources;
import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.deploy.cli.EvalJob;
import dev.troupe.eval.DocumentPassages;
import dev.troupe.eval.StreamPassages;
import dev.troupe.eval.TextPassages;
import dev.troupe.eval.Windows;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.DataSpec;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The opened texts of an evaluation. Owns their files. */
final class EvalTexts implements AutoCloseable {
  /** A text and the windows over it. */
  record Text(String name, TextPassages passages) {}

  /**
   * A blend.
   *
   * @param name its file, or that it is the job's
   * @param heldOut whether its sources are their held-out parts
   * @param sources at least one, with their weights
   */
  record Blend(String name, boolean heldOut, List<Source> sources) {}

  /** A source of a blend. */
  record Source(double weight, Text text) {}

  private final OpenCheckpoint checkpoint;
  private final EvalJob.Texts wanted;
  private final Windows windows;
  private final ProgressListener progress;
  private final Deque<AutoCloseable> files = new ArrayDeque<>();
  private final List<Text> data = new ArrayList<>();
  private final Optional<Blend> blend;

  /**
   * Opens them, and tokenises what never was.
   *
   * @throws TroupeException naming the option or the file and the remedy
   */
  EvalTexts(OpenCheckpoint checkpoint, EvalJob.Texts wanted, ProgressListener progress) {
    this.checkpoint = checkpoint;
    this.wanted = wanted;
    this.progress = progress;
    this.windows = windows(checkpoint, wanted);
    try {
      Arena arena = own(Arena.ofShared());
      wanted.data().forEach(file -> data.add(text(file.toString(), open(file, arena))));
      EvalJob.@Nullable Blend of = wanted.blend();
      blend = of == null ? Optional.empty() : Optional.of(blend(of, arena));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Windows windows(OpenCheckpoint checkpoint, EvalJob.Texts wanted) {
    int most = checkpoint.model().maxSeq();
    int trained = Math.min(most, checkpoint.job().train().seqLength());
    int context = wanted.context() == 0 ? trained : wanted.context();
    int stride = wanted.stride() == 0 ? context : wanted.stride();
    if (context > most) {
      throw TroupeException.usage(
          "--context = %d; the model takes at most model.max-seq = %d".formatted(context, most));
    }
    if (stride > context) {
      throw TroupeException.usage(
          "--stride = %d would leave tokens out; give at most --context = %d"
              .formatted(stride, context));
    }
    return new Windows(context, stride, wanted.byDocument() || stride < context);
  }

  private <T extends AutoCloseable> T own(T resource) {
    files.push(resource);
    return resource;
  }

  private TokenStream open(Path file, Arena arena) {
    return DataSources.open(
        file.toString(),
        checkpoint.job().data(),
        checkpoint.tokenizer(),
        checkpoint.model().vocab(),
        progress,
        arena);
  }

  private Blend blend(EvalJob.Blend of, Arena arena) {
    @Nullable Path file = of.file();
    if (file == null) {
      return ownBlend();
    }
    BlendSpec sources = JobConfig.blend(file);
    List<BlendPart> parts =
        DataSources.open(
            sources,
            checkpoint.job().data(),
            checkpoint.tokenizer(),
            checkpoint.model().vocab(),
            progress,
            arena);
    return new Blend(file.toString(), false, sources(parts));
  }

  private Blend ownBlend() {
    DataSpec spec = checkpoint.job().data();
    if (spec.blend().isEmpty()) {
      throw TroupeException.usage(
          "--blend: the job of %s has no data.blend; give --blend FILE.conf, or --data FILE"
              .formatted(checkpoint.folder()));
    }
    DataSet opened =
        own(DataSources.open(spec, checkpoint.tokenizer(), checkpoint.model().vocab(), progress));
    boolean heldOut = spec.validation().path() == null && !opened.validation().isEmpty();
    return new Blend(
        "data.blend of the checkpoint's job",
        heldOut,
        sources(heldOut ? opened.validation() : opened.train()));
  }

  private List<Source> sources(List<BlendPart> parts) {
    return parts.stream()
        .map(part -> new Source(part.weight(), text(part.name(), part.stream())))
        .toList();
  }

  private Text text(String name, TokenStream stream) {
    return new Text(
        name,
        wanted.byDocument()
            ? new DocumentPassages(stream, checkpoint.tokenizer(), windows, wanted.most())
            : new StreamPassages(stream, checkpoint.tokenizer(), windows, wanted.most()));
  }

  Windows windows() {
    return windows;
  }

  List<Text> data() {
    return List.copyOf(data);
  }

  Optional<Blend> blend() {
    return blend;
  }

  @Override
  public void close() {
    while (!files.isEmpty()) {
      try {
        files.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the texts failed", e);
      }
    }
  }
}
