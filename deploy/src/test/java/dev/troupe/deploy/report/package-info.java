/** Tests of logs and console. */
@NullMarked
package dev.troupe.deploy.report;

import org.jspecify.annotations.NullMarked;
