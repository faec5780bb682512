package dev.troupe.eval;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes passages of questions as lm-evaluation-harness 0.4 does: for each choice, the context and a
 * space and the choice, whose tokens are the scored ones. White space at the end of the context
 * counts to the choice. Context and choice are encoded together; what the context's own tokens do
 * not cover is the choice. Where the tokenizer has a token that begins documents, it begins each
 * prompt, as in training ({@code add_bos_token=True} there); an empty context is that token, or
 * else the one that ends documents. What is longer than the model takes is cut from the left.
 *
 * @param tokenizer the model's
 * @param prefix text before each context
 * @param longest positions that the model takes
 */
public record ChoicePrompts(Tokenizer tokenizer, String prefix, int longest) {
  /**
   * A question's passages.
   *
   * @param choices one a choice
   * @param cut whether one lost its beginning
   */
  public record Prompt(List<Passage> choices, boolean cut) {
    /** Keeps a copy. */
    public Prompt {
      choices = List.copyOf(choices);
    }
  }

  /**
   * The passages of a question.
   *
   * @param file what messages call the question's file
   * @throws TroupeException (data) where a choice has no token, or more than the model takes
   */
  public Prompt of(ChoiceItem item, String file) {
    String before = prefix + item.context();
    int end = textEnd(before);
    int[] context = start(before.substring(0, end));
    List<Passage> passages = new ArrayList<>();
    boolean cut = false;
    for (int i = 0; i < item.choices().size(); i++) {
      String after = before.substring(end) + FewShot.BEFORE_ANSWER + item.choices().get(i);
      int[] all =
          end == 0
              ? join(context, tokenizer.encode(after))
              : tokenizer.encodePrompt(before.substring(0, end) + after);
      int scored = all.length - context.length;
      if (scored < 1 || scored > longest) {
        throw TroupeException.data(
            "%s line %d: \"choices\"[%d] is %d tokens, and the model takes 1 to %d; leave the question out"
                .formatted(file, item.line(), i, scored, longest));
      }
      // Where a token spans both, the context's own tokens stand before the rest, as there.
      System.arraycopy(context, 0, all, 0, context.length);
      int kept = Math.min(all.length, longest + 1);
      cut |= kept < all.length;
      passages.add(new Passage(Arrays.copyOfRange(all, all.length - kept, all.length), scored));
    }
    return new Prompt(passages, cut);
  }

  /** The tokens of a context. */
  private int[] start(String text) {
    int[] tokens = text.isEmpty() ? new int[0] : tokenizer.encodePrompt(text);
    return tokens.length > 0
        ? tokens
        : new int[] {tokenizer.beginOfDocument().orElse(tokenizer.endOfDocument())};
  }

  private static int[] join(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Where a text without the white space at its end ends; white space is as in Python. */
  private static int textEnd(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
