package dev.troupe.deploy.runs;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;

/** Some runs, in an order. */
public final class Runs {
  private final List<RunRecord> all;

  private Runs(List<RunRecord> all) {
    this.all = all;
  }

  /**
   * How curves are drawn.
   *
   * @param quantity what is shown
   * @param along what it is shown along
   * @param logarithmic whether the vertical axis is
   */
  public record PlotStyle(Quantity quantity, Along along, boolean logarithmic) {}

  /**
   * Reads runs' folders, in the order given.
   *
   * @throws TroupeException of category data where a file is broken
   */
  public static Runs read(List<Path> folders) {
    return new Runs(folders.stream().map(RunRecord::read).toList());
  }

  /** The same runs in the order that they started in. */
  public Runs inOrderOfStart() {
    return new Runs(
        all.stream()
            .sorted(
                Comparator.comparing(
                    (RunRecord run) -> run.started().orElse(null),
                    Comparator.nullsFirst(Comparator.naturalOrder())))
            .toList());
  }

  /** Prints a line a run; the loss is the mean of the last {@code smooth} steps. */
  public void print(int smooth, PrintWriter out) {
    new Overview(smooth, ZoneId.systemDefault()).print(all, out);
  }

  /** Prints what sets two or more runs apart. */
  public void compare(int smooth, PrintWriter out) {
    new Comparison(all, smooth).print(out);
  }

  /** The runs as JSON, with their settings. */
  public String json() {
    return RunsJson.write(all);
  }

  /**
   * Draws a curve a run into an SVG file.
   *
   * @throws TroupeException of category usage where no run has a step to show, or of category
   *     resource where the file cannot be written
   */
  public void plot(PlotStyle style, int smooth, Path file) {
    List<Series> curves =
        all.stream()
            .map(run -> Series.of(run, style.quantity(), style.along(), smooth))
            .map(curve -> style.logarithmic() ? curve.positive() : curve)
            .filter(curve -> !curve.line().isEmpty())
            .toList();
    if (curves.isEmpty()) {
      throw TroupeException.usage("no run has a step to plot; give runs that have trained");
    }
    String mean = smooth > 1 ? ", mean of %d steps".formatted(smooth) : "";
    SvgPlot plot =
        new SvgPlot(
            style.quantity().label() + mean,
            style.along().label(),
            style.quantity().label(),
            style.logarithmic());
    try {
      Files.writeString(file, plot.draw(curves));
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "cannot write %s: %s; give another file".formatted(file, e), e);
    }
  }
}
