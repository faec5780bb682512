package dev.troupe.data.prepare;

import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.indexed.TokenType;
import dev.troupe.data.parquet.ParquetColumn;
import dev.troupe.data.prepare.PieceTokens.BadLine;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Prepares a token file. The calling thread reads pieces and writes their tokens in order; as many
 * threads as are asked for tokenise in between. The files depend on inputs, tokenizer and settings
 * only. They appear whole or not at all; until then all lies in the folder {@code PREFIX.prepare},
 * and the same call goes on from there. Inputs with standard input among them always begin anew.
 */
public final class Preparer {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int PIECES_A_COMMIT = 8;
  private static final long REPORT_NANOS = 250_000_000;

  private final PrepareSettings settings;
  private final InputStream standardInput;
  private final PrepareListener listener;
  private final int pieceBytes;
  private final List<Input> inputs;
  private final TokenType type;
  private final String fingerprint;
  private final long started = System.nanoTime();
  private long reported = started;

  private Preparer(
      PrepareSettings settings,
      InputStream standardInput,
      PrepareListener listener,
      int pieceBytes) {
    this.settings = settings;
    this.standardInput = standardInput;
    this.listener = listener;
    this.pieceBytes = pieceBytes;
    this.inputs = InputFiles.find(settings.inputs(), settings.standardInput());
    this.inputs.forEach(this::requireColumn);
    this.type = TokenType.forVocabulary(settings.tokenizer().vocabSize());
    this.fingerprint = settings.fingerprint(pieceBytes);
  }

  /**
   * Prepares.
   *
   * @param standardInput what an input {@code -} is read from
   * @return what the files hold
   * @throws TroupeException (usage, data or resources) naming the option or the file, the line and
   *     the remedy
   */
  public static Description run(
      PrepareSettings settings, InputStream standardInput, PrepareListener listener) {
    return run(settings, standardInput, listener, PIECE_BYTES);
  }

  /** As above, with pieces of another size. */
  static Description run(
      PrepareSettings settings,
      InputStream standardInput,
      PrepareListener listener,
      int pieceBytes) {
    return new Preparer(settings, standardInput, listener, pieceBytes).prepare();
  }

  /** Tables are looked at before hours are spent on what comes before them. */
  private void requireColumn(Input input) {
    Path path = input.path();
    if (input.format() == InputFormat.PARQUET && path != null) {
      try {
        ParquetColumn.open(path, settings.field()).close();
      } catch (IOException e) {
        throw PieceReader.unreadable(input, "its beginning", e);
      }
    }
  }

  private Description prepare() {
    Path idx =
        settings.prefix().resolveSibling(settings.prefix().getFileName() + IndexedDataset.IDX);
    if (Files.exists(idx) && !settings.overwrite()) {
      throw TroupeException.usage(
          "%s is there already; give --overwrite to replace the pair, or another --out"
              .formatted(idx));
    }
    try {
      Path parent = settings.prefix().toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try (WorkFolder work = new WorkFolder(settings.prefix())) {
        return prepare(work);
      }
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "cannot write %s.* (%s); free some space, or give another --out"
              .formatted(settings.prefix(), e),
          e);
    }
  }

  private Description prepare(WorkFolder work) throws IOException {
    boolean resumable = inputs.stream().allMatch(input -> input.path() != null);
    if (settings.restart() || !resumable) {
      work.clear();
    }
    Optional<Journal> journal = work.journal();
    Progress from =
        journal.isEmpty() ? Progress.NONE : journal.get().resume(fingerprint, inputs, work.path());
    if (journal.isPresent() && journal.get().publishing()) {
      work.publish();
      return Description.of(settings, type.name(), inputs, from);
    }
    if (from.tokens() > 0) {
      listener.resumed(from.documents(), from.tokens());
    }
    work.begin(from, type);
    boolean committed = from.tokens() > 0;
    try {
      Description done = tokenise(work, from, start(journal, from));
      work.publish();
      return done;
    } catch (TroupeException e) {
      if (!resumable || (!committed && work.journal().isEmpty())) {
        work.remove();
      }
      throw e;
    }
  }

  /** Where the input begins that a preparation goes on in. */
  private static Progress start(Optional<Journal> journal, Progress from) {
    return journal.filter(found -> found.latest().equals(from)).map(Journal::atInput).orElse(from);
  }

  private Description tokenise(WorkFolder work, Progress from, Progress atInput)
      throws IOException {
    PieceTokeniser tokeniser =
        new PieceTokeniser(settings.tokenizer(), type, settings.appendEnd(), settings.field());
    TokenFile file = new TokenFile(work, type, tokeniser.documentEnd(), from);
    Commits commits = new Commits(work, file, from, atInput);
    try (ExecutorService pool = pool();
        PieceReader reader =
            new PieceReader(
                inputs, standardInput, settings.field(), pieceBytes, from.input(), from.offset())) {
      try {
        Queue<Future<PieceTokens>> ahead = new ArrayDeque<>();
        for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
          Piece next = piece;
          ahead.add(pool.submit(() -> tokeniser.apply(next, inputs.get(next.input()).name())));
          if (ahead.size() > 2 * settings.threads()) {
            take(ahead.remove(), file, commits);
          }
        }
        while (!ahead.isEmpty()) {
          take(ahead.remove(), file, commits);
        }
      } finally {
        pool.shutdownNow();
      }
    }
    Progress end = file.at();
    if (end.tokens() == 0) {
      work.clear();
      throw TroupeException.data("the inputs have no text in them");
    }
    Description description = Description.of(settings, type.name(), inputs, end);
    work.complete(Journal.of(fingerprint, inputs, end, end), type, description.json());
    return description;
  }

  private ExecutorService pool() {
    return Executors.newFixedThreadPool(
        settings.threads(), Thread.ofPlatform().name("prepare-", 0).daemon().factory());
  }

  private void take(Future<PieceTokens> future, TokenFile file, Commits commits)
      throws IOException {
    PieceTokens tokens = await(future);
    Progress before = file.at();
    file.add(tokens, skip(tokens, before));
    commits.after(tokens.piece());
    report(tokens.piece().read(), file.at(), commits.from);
  }

  private static PieceTokens await(Future<PieceTokens> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TroupeException.resource("the preparation was interrupted");
    }
  }

  /** Passes over the bad lines or rows of a piece, as many as may be. */
  private int skip(PieceTokens tokens, Progress before) {
    boolean table = tokens.piece().format() == InputFormat.PARQUET;
    String unit = table ? "row" : "line";
    String like = table ? "have a text in the column \"%s\"" : "be like {\"%s\": \"...\"}";
    long skipped = before.skipped();
    for (BadLine bad : tokens.bad()) {
      String what =
          "%s %s %d %s"
              .formatted(
                  inputs.get(tokens.piece().input()).name(),
                  unit,
                  before.lines() + bad.number() + 1,
                  bad.what());
      skipped++;
      if (skipped > settings.skipBad()) {
        throw TroupeException.data(
            "%s; each %s must %s. It is the bad %s number %d, and --skip-bad is %d"
                .formatted(
                    what,
                    unit,
                    like.formatted(settings.field()),
                    unit,
                    skipped,
                    settings.skipBad()));
      }
      listener.skipped(what);
    }
    return tokens.bad().size();
  }

  private void report(long read, Progress at, Progress from) {
    long now = System.nanoTime();
    if (now - reported >= REPORT_NANOS) {
      reported = now;
      boolean known = inputs.stream().allMatch(input -> input.path() != null);
      listener.progress(
          new PrepareListener.State(
              read,
              known ? PieceReader.total(inputs) : 0,
              at.documents(),
              at.tokens(),
              read - PieceReader.total(inputs.subList(0, from.input())),
              at.tokens() - from.tokens(),
              (now - started) * 1e-9));
    }
  }

  /** Writes the journal every few pieces. */
  private final class Commits {
    private final WorkFolder work;
    private final TokenFile file;
    private final Progress from;
    private Progress atInput;
    private int pieces;

    Commits(WorkFolder work, TokenFile file, Progress from, Progress atInput) {
      this.work = work;
      this.file = file;
      this.from = from;
      this.atInput = atInput;
    }

    void after(Piece piece) throws IOException {
      if (piece.last()) {
        atInput = file.at();
      }
      if (++pieces % PIECES_A_COMMIT == 0) {
        work.commit(Journal.of(fingerprint, inputs, atInput, file.at()));
      }
    }
  }
}
