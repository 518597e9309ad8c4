// A Kubernetes in one program: each subcommand is the unchanged upstream component of the same name, so that a machine that can
// build Go modules needs neither a container registry nor a release download to run a real control plane and a real node.
//
//	kubernetes etcd|apiserver|controller-manager|scheduler|kubelet|proxy|kubectl [flags of that component]
//	kubernetes volumes --kubeconfig FILE --folder DIR --node NAME
//
// `volumes` is the one part of our own: the provisioner behind the storage class (volumes.go).
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// components maps a subcommand to what its upstream `main` runs. A constructor and not a value, because making one of them
// already sets global flags and would leak them into the others.
var components = map[string]func() *cobra.Command{
	"apiserver":          apiserver.NewAPIServerCommand,
	"controller-manager": controllers.NewControllerManagerCommand,
	"scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":            func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"proxy":              proxy.NewProxyCommand,
	"kubectl":            kubectl.NewDefaultKubectlCommand,
	"volumes":            newVolumesCommand,
}

func main() {
	if len(os.Args) < 2 {
		refuse("kubernetes: name a component.")
	}
	name := os.Args[1]
	// Each component reads os.Args by itself; it must see only its own.
	os.Args = append([]string{name}, os.Args[2:]...)
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	component, known := components[name]
	if !known {
		refuse(fmt.Sprintf("kubernetes: there is no component %q.", name))
	}
	if name == "kubectl" {
		if err := cli.RunNoErrOutput(component()); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(cli.Run(component()))
}

func refuse(why string) {
	fmt.Fprintln(os.Stderr, why)
	fmt.Fprintln(os.Stderr, "Next: etcd, apiserver, controller-manager, scheduler, kubelet, proxy, kubectl or volumes.")
	os.Exit(2)
}
