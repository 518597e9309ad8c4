{{/* What the portal and its test have in common: who they are, what they read, where they may write. */}}
{{- define "slipway.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "slipway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "slipway.mounts" -}}
- name: config
  mountPath: /etc/slipway
  readOnly: true
- name: secrets
  mountPath: /run/secrets/slipway
  readOnly: true
- name: data
  mountPath: /var/lib/slipway
- name: tmp
  mountPath: /tmp
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "slipway.volumes" -}}
- name: config
  configMap:
    name: {{ include "slipway.name" . }}
- name: secrets
  secret:
    secretName: {{ .Values.secrets.name }}
    # Readable by the group that fsGroup gives, and by nobody else.
    defaultMode: 0440
    items:
      {{- range $key, $setting := .Values.secrets.keys }}
      {{- if $setting }}
      - key: {{ $key }}
        path: {{ $key }}
      {{- end }}
      {{- end }}
- name: data
  emptyDir:
    sizeLimit: {{ .Values.dataSize }}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
