package dev.troupe.deploy.job;

import dev.troupe.data.DataSources;
import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.deploy.cli.EvalJob;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code troupe eval}: mean cross-entropy over every target token of a file, in windows of the
 * training length that do not overlap; the last window is as long as what is left.
 *
 * @param progress hears of tokenisation
 * @param warnings hears of damaged checkpoints that were passed over
 */
public record FileEvaluation(ProgressListener progress, Consumer<String> warnings)
    implements EvalJob {
  @Override
  public List<FileLoss> run(Request request) {
    List<FileLoss> results = new ArrayList<>();
    try (LoadedModel loaded = LoadedModel.toEvaluate(request.checkpoint(), 1, warnings)) {
      for (Path file : request.data()) {
        try (Arena arena = Arena.ofShared()) {
          TokenStream stream =
              DataSources.open(
                  file.toString(),
                  loaded.job().data(),
                  loaded.tokenizer(),
                  loaded.model().spec().vocab(),
                  progress,
                  arena);
          results.add(loss(loaded, file, stream));
        }
      }
    }
    return results;
  }

  private static FileLoss loss(LoadedModel loaded, Path file, TokenStream stream) {
    long targets = stream.tokens() - 1;
    if (targets < 1) {
      throw TroupeException.data(
          "%s has %d token(s); a loss needs at least 2".formatted(file, stream.tokens()));
    }
    int length = loaded.job().train().seqLength();
    double sum = 0;
    long at = 0;
    while (at < targets) {
      long left = targets - at;
      int sequences = (int) Math.min(loaded.batch(), left / length);
      int window = sequences == 0 ? (int) left : length;
      sum += window(loaded, stream, at, Math.max(1, sequences), window);
      at += (long) Math.max(1, sequences) * window;
    }
    return new FileLoss(file.toString(), targets, sum / targets);
  }

  private static double window(
      LoadedModel loaded, TokenStream stream, long at, int sequences, int length) {
    int count = sequences * length;
    int[] tokens = new int[count + 1];
    stream.read(at, count + 1, tokens, 0);
    int[] next = new int[count];
    System.arraycopy(tokens, 1, next, 0, count);
    double sum = 0;
    for (float loss : loaded.model().losses(tokens, next, sequences, length)) {
      sum += loss;
    }
    return sum;
  }
}
