// What the API answers, as docs/api.md and the OpenAPI document have it.
export type JobState = "queued" | "running" | "paused" | "completed" | "failed" | "cancelled" | "awaitingApproval";
export type JobStage = "waiting" | "denoising" | "decoding" | "encoding" | "done";

export interface JobError {
  code: string;
  message: string;
  retryable: boolean;
}

export interface Job {
  id: string;
  state: JobState;
  stage: JobStage;
  step: number;
  steps: number;
  framesDecoded: number;
  frames: number;
  queuePosition: number | null;
  remainingSeconds: number | null;
  previewUrl: string | null;
  videoUrl: string | null;
  posterUrl: string | null;
  draftUrl: string | null;
  approveBy: string | null;
  seed: string;
  width: number;
  height: number;
  frameDifference: number | null;
  flow: number | null;
  flicker: number | null;
  error: JobError | null;
  createdAt: string;
  finishedAt: string | null;
  model: string;
  prompt: string;
  tenant: string;
  priority: number;
  deadline: string | null;
  expiresAt: string | null;
  failures: number;
  workers: string[];
  weightsHash: string | null;
  batch: string | null;
  after: string[];
}

export interface JobPage {
  jobs: Job[];
  hasMore: boolean;
  next: string | null;
}

export interface BatchSummary {
  id: string;
  state: JobState;
  tenant: string;
  createdAt: string;
  model: string;
  prompt: string;
  step: number;
  steps: number;
  completed: number;
  videos: number;
}

export interface BatchPage {
  batches: BatchSummary[];
  hasMore: boolean;
  next: string | null;
}

export interface BatchMember {
  jobId: string;
  seed: string;
  image: number;
  job: Job | null;
  error: JobError | null;
}

export interface Batch {
  id: string;
  state: JobState;
  step: number;
  steps: number;
  completed: number;
  members: BatchMember[];
}

export interface Chunk {
  index: number;
  kind: "denoise" | "decode" | "measure" | "predict";
  window: number;
  count: number;
  done: number;
  worker: string | null;
  failures: number;
  losses: number;
}

export interface JobDetails {
  negativePrompt: string;
  playbackFps: number;
  steps: number;
  guidance: number;
  start: number;
  analyticInit: string;
  isAnalyticInit: boolean;
  container: string;
  joining: string;
  windows: number;
  splitGuidance: boolean;
  quality: string;
  precision: string;
  devices: string[];
  version: string;
  failedOn: string[];
  chunks: Chunk[];
}

export interface Session {
  tenant: string | null;
  name: string | null;
  scopes: string[];
  isLocal: boolean;
  hasSignIn: boolean;
}

export interface Preset {
  name: string;
  start: number;
  analyticInit: string;
  needsStatistics: boolean;
}

export interface Model {
  name: string;
  summary: string;
  width: number;
  height: number;
  sizeMultiple: number;
  frames: number;
  playbackFps: number;
  steps: number;
  guidance: number;
  start: number;
  presets: Preset[];
}

export interface QueueTenant {
  tenant: string;
  waiting: number;
  share: number;
  usedSeconds: number;
  isPaused: boolean;
}

export interface Worker {
  worker: string;
  model: string | null;
  memoryBytes: number;
  chunks: number;
  heardAt: string;
}

export interface QueueStatus {
  waiting: number;
  running: number;
  isPaused: boolean;
  pausedModels: string[];
  tenants: QueueTenant[];
  workers: Worker[];
}

export interface Quota {
  waitingJobs: number | null;
  deviceSecondsPerDay: number | null;
  storedBytes: number | null;
  jobWork: number | null;
  deviceSecondsPerMonth: number | null;
  keepDays: number | null;
  until: string | null;
}

export interface Tenant {
  tenant: string;
  quota: Quota;
  deviceSecondsToday: number;
  deviceSecondsThisMonth: number;
  storedBytes: number;
}

/** A page of what is below /v1. */
export interface Page<T> {
  data: T[];
}

export interface WebhookEndpoint {
  id: string;
  name: string;
  url: string;
  event_types: string[];
  signing_secret_hint: string | null;
  disabled_at: number | null;
  signing_secret?: string;
}

export interface WebhookAttempt {
  at: number;
  status_code: number | null;
  error: string | null;
}

export interface WebhookDelivery {
  id: string;
  event_type: string;
  video_id: string;
  created_at: number;
  status: "pending" | "succeeded" | "failed";
  attempts: WebhookAttempt[];
}

export interface FieldError {
  field: string;
  message: string;
}

export const isFinished = (job: { state: JobState }): boolean => job.state === "completed" || job.state === "failed" || job.state === "cancelled";
