export { fetchCatalogue } from './fetch.js';
export { moviePipeline } from './pipeline.js';
