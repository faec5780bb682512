package dev.troupe.data.bios;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence with places for a person and the person's facts. Immutable.
 *
 * @param parts the sentence, in order
 */
record Template(List<Part> parts) {
  private static final Pattern BRACES = Pattern.compile("\\{([^}]+)}");

  /** A piece of a sentence. */
  sealed interface Part {
    /** Words that are always the same. */
    record Words(String text) implements Part {}

    /** The value of a fact. */
    record Value(Fact fact) implements Part {}

    /** A verb that agrees with the subject before it. */
    record Verb(String singular, String plural) implements Part {}

    /** The person. */
    record Mention(Form form, boolean capital) implements Part {}
  }

  /** The case in which a person is mentioned. */
  enum Form {
    SUBJECT,
    THEIR,
    THEM
  }

  /** Parses a sentence; the syntax is explained in templates.txt. */
  static Template parse(String sentence) {
    List<Part> parts = new ArrayList<>();
    Matcher braces = BRACES.matcher(sentence);
    int end = 0;
    while (braces.find()) {
      parts.add(new Part.Words(sentence.substring(end, braces.start())));
      parts.add(placeholder(braces.group(1)));
      end = braces.end();
    }
    parts.add(new Part.Words(sentence.substring(end)));
    return new Template(List.copyOf(parts));
  }

  private static Part placeholder(String text) {
    int slash = text.indexOf('/');
    if (slash > 0) {
      return new Part.Verb(text.substring(0, slash), text.substring(slash + 1));
    }
    String key = text.toLowerCase(Locale.ROOT);
    for (Fact fact : Fact.values()) {
      if (fact.key().equals(key)) {
        return new Part.Value(fact);
      }
    }
    boolean capital = Character.isUpperCase(text.charAt(0));
    return new Part.Mention(Form.valueOf(text.toUpperCase(Locale.ROOT)), capital);
  }

  /**
   * Appends the sentence.
   *
   * @param named whether its first mention of the person is the full name; later ones, and all
   *     others, are pronouns
   */
  void append(Person person, boolean named, StringBuilder out) {
    Pronouns pronouns = person.pronouns();
    boolean nameNext = named;
    boolean plural = false;
    for (Part part : parts) {
      switch (part) {
        case Part.Words(String text) -> out.append(text);
        case Part.Value(Fact fact) -> out.append(person.fact(fact));
        case Part.Verb(String one, String many) -> out.append(plural ? many : one);
        case Part.Mention(Form form, boolean capital) -> {
          int start = out.length();
          out.append(nameNext ? name(person, form) : pronoun(pronouns, form));
          if (capital) {
            out.setCharAt(start, Character.toUpperCase(out.charAt(start)));
          }
          if (form == Form.SUBJECT) {
            plural = !nameNext && pronouns.plural();
          }
          nameNext = false;
        }
      }
    }
  }

  private static String name(Person person, Form form) {
    return form == Form.THEIR ? person.name() + "'s" : person.name();
  }

  private static String pronoun(Pronouns pronouns, Form form) {
    return switch (form) {
      case SUBJECT -> pronouns.subject();
      case THEIR -> pronouns.possessive();
      case THEM -> pronouns.object();
    };
  }
}
