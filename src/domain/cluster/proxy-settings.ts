/** Proxies of the environment, for clusters whose kubeconfig names none (`proxy-url`); absent: none. */
export interface ProxySettings {
  /** HTTPS_PROXY: for API servers that are reached by HTTPS. May contain a password. */
  readonly https?: string;
  /** HTTP_PROXY: for those without TLS. */
  readonly http?: string;
  /** NO_PROXY: hosts that are reached directly, separated by commas. */
  readonly except?: string;
}
