package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.chaos.plan.Target;

/**
 * A fault whose time has come.
 *
 * @param rule number of its rule in the plan, from 0
 * @param action what goes wrong
 * @param target who is hit
 * @param dice chooses among several targets, from 0 to below 1
 */
record Strike(int rule, Action action, Target target, double dice) {}
