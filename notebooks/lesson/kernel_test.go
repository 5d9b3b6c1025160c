package lesson

import (
	"testing"

	"github.com/gofromzero/fromzero/kernel/setup"
)

func TestNotebooksAskForTheKernelThatSetupRegisters(t *testing.T) {
	if KernelName != setup.KernelName || KernelDisplay != setup.DisplayName {
		t.Errorf("notebooks ask for %q (%s), setup registers %q (%s)",
			KernelName, KernelDisplay, setup.KernelName, setup.DisplayName)
	}
}
