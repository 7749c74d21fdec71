/** The conformance driver of this library: a remote control of its public surface. */
package com.fastpubsub.conformance.driver;
