<?php
/**
 * Makes the answers of wordpress-mcp 0.2.2 valid, so that a model reads why a call failed instead of a parse error.
 *
 * The plugin puts a whole error message into the error of another, answers with id 0 whatever the question's id was,
 * sends [] where an object belongs, and marks its tools with fields that some model services refuse.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * One answer in, one valid answer out.
 */
final class Mcp_Answers {

	const TOOL_NOT_FOUND = -32003;
	const INVALID_PARAMS = -32602;
	const INTERNAL_ERROR = -32603;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_request_after_callbacks', array( __CLASS__, 'after' ), 10, 3 );
	}

	/**
	 * Repairs what the plugin's route answered.
	 *
	 * @param mixed            $response Answer.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function after( $response, $handler, $request ) {
		if ( Mcp_Door::ROUTE !== $request->get_route() || ! $response instanceof \WP_REST_Response ) {
			return $response;
		}
		$answer   = $response->get_data();
		$question = $request->get_json_params();
		if ( is_array( $answer ) && isset( $answer['jsonrpc'] ) ) {
			$response->set_data( self::repaired( $answer, is_array( $question ) ? $question : array() ) );
		}
		return $response;
	}

	/**
	 * The answer as JSON-RPC 2.0 and MCP want it.
	 *
	 * @param array $answer   What the plugin said.
	 * @param array $question What it was asked.
	 * @return array
	 */
	public static function repaired( $answer, $question ) {
		$id = $question['id'] ?? null;
		// A message that could not be read has no id to answer to.
		$answer['id'] = is_int( $id ) || is_string( $id ) ? $id : null;
		if ( isset( $answer['error'] ) ) {
			return self::failed( $answer, 'tools/call' === ( $question['method'] ?? '' ) );
		}
		if ( array() === ( $answer['result'] ?? null ) ) {
			$answer['result'] = new \stdClass();
		} elseif ( isset( $answer['result']['tools'] ) && is_array( $answer['result']['tools'] ) ) {
			$answer['result']['tools'] = self::tools( $answer['result']['tools'] );
		}
		return $answer;
	}

	/**
	 * An error in its right place. A tool that failed is a result that says so: that is what the model gets to read.
	 *
	 * @param array $answer  Answer with an error.
	 * @param bool  $by_tool Whether a tool was called.
	 * @return array
	 */
	private static function failed( $answer, $by_tool ) {
		$error = $answer['error']['error'] ?? $answer['error'];
		$error = is_array( $error ) ? $error : array( 'message' => (string) $error );
		$code  = is_int( $error['code'] ?? null ) ? $error['code'] : self::INTERNAL_ERROR;
		$said  = is_string( $error['message'] ?? null ) && '' !== $error['message'] ? $error['message'] : 'Internal error';
		$why   = is_string( $error['data'] ?? null ) && '' !== $error['data'] ? $error['data'] : '';
		if ( $by_tool && ! in_array( $code, array( self::TOOL_NOT_FOUND, self::INVALID_PARAMS ), true ) ) {
			return array(
				'jsonrpc' => '2.0',
				'id'      => $answer['id'],
				'result'  => array(
					'content' => array(
						array(
							'type' => 'text',
							'text' => wp_strip_all_tags( '' === $why ? $said : "$said: $why" ),
						),
					),
					'isError' => true,
				),
			);
		}
		$answer['error'] = array(
			'code'    => self::TOOL_NOT_FOUND === $code ? self::INVALID_PARAMS : $code,
			'message' => $said,
		);
		if ( '' !== $why ) {
			$answer['error']['data'] = $why;
		}
		return $answer;
	}

	/**
	 * The tools that the chat may see, without fields of the plugin's own.
	 *
	 * @param array $tools Tools.
	 * @return array
	 */
	private static function tools( $tools ) {
		$shown = array();
		foreach ( $tools as $tool ) {
			if ( is_array( $tool ) && in_array( $tool['name'] ?? '', Mcp_Door::TOOLS, true ) ) {
				$tool   = array_intersect_key( $tool, array_flip( array( 'name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations' ) ) );
				$schema = is_array( $tool['inputSchema'] ?? null ) ? $tool['inputSchema'] : array();
				// An empty PHP array would become [], and a schema without properties is refused by some model services.
				$schema['type']       = 'object';
				$schema['properties'] = (object) ( $schema['properties'] ?? array() );
				$tool['inputSchema']  = $schema;
				$shown[]              = $tool;
			}
		}
		return $shown;
	}
}
