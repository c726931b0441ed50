{{- define "leakguard.name" -}}
{{- printf "%s-leakguard" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "leakguard.selector" -}}
app.kubernetes.io/name: leakguard
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "leakguard.labels" -}}
{{ include "leakguard.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* What every pod is: without rights, without the token of the cluster, and on the node of the volume. */}}
{{- define "leakguard.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
{{- if not .Values.store.url }}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "leakguard.selector" . | nindent 12 }}
{{- end }}
volumes:
  - name: store
    persistentVolumeClaim:
      claimName: {{ .Values.persistence.existingClaim | default (include "leakguard.name" .) }}
  - name: temporary
    emptyDir: {sizeLimit: 256Mi}
  - name: settings
    configMap:
      name: {{ include "leakguard.name" . }}
{{- with .Values.secrets.secretName }}
  - name: secrets
    secret:
      secretName: {{ . | quote }}
      defaultMode: 0440
{{- end }}
{{- end }}

{{/* What every container is. */}}
{{- define "leakguard.container" -}}
image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
env:
{{- if .Values.store.url }}
  - name: LEAKGUARD_STORE
    value: {{ .Values.store.url | quote }}
{{- end }}
{{- if .Values.secrets.secretName }}
  - name: LEAKGUARD_SECRETS
    value: /run/leakguard
{{- end }}
  - name: LEAKGUARD_LOG_LEVEL
    value: info
  - name: LEAKGUARD_LOG_FORMAT
    value: json
{{- end }}

{{- define "leakguard.mounts" -}}
- name: store
  mountPath: /var/lib/leakguard
- name: temporary
  mountPath: /tmp
- name: settings
  mountPath: /var/lib/leakguard/leakguard.toml
  subPath: leakguard.toml
  readOnly: true
{{- if .Values.scope }}
- name: settings
  mountPath: /var/lib/leakguard/scope.yaml
  subPath: scope.yaml
  readOnly: true
{{- end }}
{{- if .Values.secrets.secretName }}
- name: secrets
  mountPath: /run/leakguard
  readOnly: true
{{- end }}
{{- end }}
