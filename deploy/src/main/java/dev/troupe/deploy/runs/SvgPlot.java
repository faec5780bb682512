package dev.troupe.deploy.runs;

import dev.troupe.deploy.api.Printable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A line plot as SVG 1.1 text (W3C Recommendation, 16 August 2011), with a legend. Colours are
 * those of Okabe and Ito (2008), which the colour-blind can tell apart; from the ninth curve on
 * lines are dashed.
 *
 * @param title above the plot
 * @param across label of the horizontal axis
 * @param up label of the vertical axis
 * @param logarithmic whether the vertical axis is; values must be positive then
 */
record SvgPlot(String title, String across, String up, boolean logarithmic) {
  private static final int WIDTH = 960;
  private static final int LEFT = 80;
  private static final int TOP = 50;
  private static final int PLOT_WIDTH = 850;
  private static final int PLOT_HEIGHT = 420;
  private static final int BOTTOM = TOP + PLOT_HEIGHT;
  private static final int LEGEND = BOTTOM + 80;
  private static final int LEGEND_ROW = 20;
  private static final List<String> COLOURS =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999933");

  /** The plot's file. */
  String draw(List<Series> all) {
    Axis x = Axis.around(points(all).mapToDouble(Series.Point::x), false);
    Axis y = Axis.around(points(all).mapToDouble(Series.Point::y), logarithmic);
    int height = LEGEND + LEGEND_ROW * all.size();
    StringBuilder svg = new StringBuilder(1 << 16);
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"14\">",
        WIDTH,
        height,
        WIDTH,
        height);
    add(svg, "<title>%s</title>", escaped(title));
    add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
    text(svg, LEFT + PLOT_WIDTH / 2.0, TOP - 20, "middle", title);
    grid(svg, x, y);
    for (int i = 0; i < all.size(); i++) {
      curve(svg, all.get(i), i, x, y);
    }
    return svg.append("</svg>\n").toString();
  }

  private static Stream<Series.Point> points(List<Series> all) {
    return all.stream().flatMap(each -> Stream.concat(each.line().stream(), each.dots().stream()));
  }

  private void grid(StringBuilder svg, Axis x, Axis y) {
    for (double tick : x.ticks()) {
      double at = LEFT + PLOT_WIDTH * x.place(tick);
      line(svg, at, TOP, at, BOTTOM);
      text(svg, at, BOTTOM + 20, "middle", Axis.label(tick));
    }
    for (double tick : y.ticks()) {
      double at = BOTTOM - PLOT_HEIGHT * y.place(tick);
      line(svg, LEFT, at, LEFT + PLOT_WIDTH, at);
      text(svg, LEFT - 8, at + 5, "end", Axis.label(tick));
    }
    text(svg, LEFT + PLOT_WIDTH / 2.0, BOTTOM + 45, "middle", across);
    add(
        svg,
        "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        TOP + PLOT_HEIGHT / 2,
        escaped(up));
  }

  private static void curve(StringBuilder svg, Series series, int number, Axis x, Axis y) {
    String colour = COLOURS.get(number % COLOURS.size());
    String dashes = number < COLOURS.size() ? "" : " stroke-dasharray=\"6 3\"";
    String stroke = "fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"%s".formatted(colour, dashes);
    String path =
        series.line().stream()
            .map(
                p ->
                    String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        LEFT + PLOT_WIDTH * x.place(p.x()),
                        BOTTOM - PLOT_HEIGHT * y.place(p.y())))
            .collect(Collectors.joining(" "));
    add(svg, "<polyline %s points=\"%s\"/>", stroke, path);
    for (Series.Point dot : series.dots()) {
      add(
          svg,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>",
          LEFT + PLOT_WIDTH * x.place(dot.x()),
          BOTTOM - PLOT_HEIGHT * y.place(dot.y()),
          colour);
    }
    double at = LEGEND + LEGEND_ROW * number;
    add(svg, "<path %s d=\"M%d %.1f h30\"/>", stroke, LEFT, at - 5);
    String dots = series.dots().isEmpty() ? "" : " (dots: validation)";
    text(svg, LEFT + 40.0, at, "start", series.name() + dots);
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    add(
        svg,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
        x1,
        y1,
        x2,
        y2);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
    add(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        escaped(words));
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** XML's own characters as entities; characters that XML cannot hold as question marks. */
  private static String escaped(String text) {
    return Printable.of(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
