package dev.troupe.data;

import dev.troupe.data.stream.TokenStream;
import java.lang.foreign.Arena;
import java.util.Optional;

/**
 * The opened data of a job. Closing it unmaps the files, after which no stream of it can be read.
 *
 * @param train what is trained on
 * @param validation what is held out; empty where {@code data.validation.fraction} is 0 and there
 *     is no {@code data.validation.path}
 * @param files owns the mapped files
 */
public record DataSet(TokenStream train, Optional<TokenStream> validation, Arena files)
    implements AutoCloseable {
  @Override
  public void close() {
    files.close();
  }
}
