package dev.troupe.data;

import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The opened data of a job. Closing it unmaps the files, after which no stream of it can be read.
 *
 * @param train what is trained on: one source, or those of a blend
 * @param validation what is held out, in the same way; empty where {@code data.validation.fraction}
 *     is 0 and there is no {@code data.validation.path}
 * @param sets the held-out data of {@code data.validation.sets}, in the job's order
 * @param tokenizer what text becomes tokens with
 * @param files owns the mapped files
 */
public record DataSet(
    List<BlendPart> train,
    List<BlendPart> validation,
    List<TokenStream> sets,
    Tokenizer tokenizer,
    Arena files)
    implements AutoCloseable {
  /** Keeps copies of the lists. */
  public DataSet {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    sets = List.copyOf(sets);
  }

  @Override
  public void close() {
    files.close();
  }
}
