// Package systems starts the servers that are measured, each as a process of its
// own on free ports of the loopback interface, bound to the CPUs that it is
// given, and reads what the kernel says about it.
package systems
