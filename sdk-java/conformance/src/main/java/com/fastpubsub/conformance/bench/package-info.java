/** Measures this library; an orchestrator starts it, once for each figure. */
package com.fastpubsub.conformance.bench;
