package dev.troupe.data.bios;

/** How a person is spoken of. */
enum Pronouns {
  SHE("she", "her", "her", false),
  HE("he", "his", "him", false),
  THEY("they", "their", "them", true);

  private final String subject;
  private final String possessive;
  private final String object;
  private final boolean plural;

  Pronouns(String subject, String possessive, String object, boolean plural) {
    this.subject = subject;
    this.possessive = possessive;
    this.object = object;
    this.plural = plural;
  }

  String subject() {
    return subject;
  }

  String possessive() {
    return possessive;
  }

  String object() {
    return object;
  }

  /** Whether the verb after the subject is in the plural. */
  boolean plural() {
    return plural;
  }
}
